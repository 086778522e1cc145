// Every page: how many crossings wait for a person, beside "Held" in the navigation.

const base = document.documentElement.dataset.base;
const badge = document.querySelector("[data-held]");
const EVERY_MS = 4000;

function showHeld(count) {
  badge.textContent = String(count);
  badge.hidden = count === 0;
  badge.setAttribute("aria-label", count === 1 ? "1 waits for you" : `${count} wait for you`);
}

async function countHeld() {
  if (document.hidden) return;
  try {
    const answer = await fetch(`${base}/held/count.json`, { headers: { accept: "application/json" } });
    if (answer.ok) showHeld((await answer.json()).count);
  } catch {
    // The server is away: what is shown stays until it is back.
  }
}

if (badge) {
  setInterval(countHeld, EVERY_MS);
  document.addEventListener("visibilitychange", countHeld);
}
