"use strict";

// The ledger: a search goes on by itself, a second at a time, and can be stopped. Without this
// script each second is a page of its own.

const form = document.querySelector("[data-find]");
const shown = document.getElementById("find-shown");
const said = document.getElementById("find-said");
const stop = document.getElementById("find-stop");
const hits = document.getElementById("find-hits");
let running = null; // the AbortController of the search that runs

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function placeOf(place) {
  const line = element("li", `in the ${place.where}: `);
  if (!place.said) {
    line.append(element("span", "in another form (encoded, split or spelled differently)", "muted"));
    return line;
  }
  const quote = element("span", place.before, "quote");
  quote.append(element("mark", place.said), place.after);
  line.append(quote);
  return line;
}

function hitOf(hit) {
  const line = element("li");
  const link = element("a", `Crossing ${hit.id}`);
  link.href = `${document.documentElement.dataset.base}/ledger/${hit.id}`;
  const where = `${new Date(hit.at).toLocaleString()}, ${hit.origin}`;
  const places = element("ul");
  places.append(...hit.places.map(placeOf));
  line.append(link, " ", element("span", where, "muted small"), places);
  return line;
}

function told(sums, total, end) {
  const among = sums.looked === total ? `${total}` : `the first ${sums.looked} of ${total}`;
  let text = `${end} found in ${sums.hits} of ${among} crossings.`;
  if (sums.missing === 1) text += " 1 body is no longer kept and could not be searched.";
  if (sums.missing > 1) text += ` ${sums.missing} bodies are no longer kept and could not be searched.`;
  if (sums.part) text += ` ${sums.part} could be searched in part only.`;
  said.textContent = text;
}

async function step(word, before, signal) {
  const body = new URLSearchParams({ word });
  if (before !== null) body.set("before", String(before));
  const headers = { accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", body, headers, signal });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.message || "The search failed.");
  return data;
}

async function search(word, signal) {
  const sums = { hits: 0, looked: 0, missing: 0, part: 0 };
  let before = null;
  let total = 0;
  try {
    do {
      const data = await step(word, before, signal);
      for (const name of ["looked", "missing", "part"]) sums[name] += data[name];
      sums.hits += data.hits.length;
      hits.append(...data.hits.map(hitOf));
      before = data.next;
      total = Math.max(data.total, sums.looked);
      told(sums, total, before === null ? "Done:" : "Looking …");
    } while (before !== null);
  } catch (error) {
    if (error.name === "AbortError") told(sums, total, "Stopped:");
    else said.textContent = error.message;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (running) running.abort();
  const mine = new AbortController();
  running = mine;
  hits.replaceChildren();
  shown.hidden = false;
  stop.hidden = false;
  said.textContent = "Looking …";
  await search(new FormData(form).get("word"), mine.signal);
  if (running === mine) stop.hidden = true;
});

stop.addEventListener("click", () => running?.abort());
