"use strict";

// Held: time that is left, words that are taken from the text, and a look for newer ones.

(() => {
  const EVERY_MS = 2000;
  const SOON_S = 30;
  const at = document.documentElement.dataset.base;
  const cards = [...document.querySelectorAll("[data-held-id]")];
  const changed = document.querySelector("[data-changed]");

  function left(seconds) {
    if (seconds <= 0) return "now";
    const minutes = Math.floor(seconds / 60);
    const rest = String(Math.floor(seconds % 60)).padStart(2, "0");
    return minutes ? `in ${minutes} min ${rest} s` : `in ${Math.floor(seconds)} s`;
  }

  function tick() {
    for (const time of document.querySelectorAll("[data-until]")) {
      if (!time.dataset.clock) time.dataset.clock = time.textContent;
      const seconds = (Date.parse(time.dataset.until) - Date.now()) / 1000;
      time.textContent = `${time.dataset.clock}, ${left(seconds)}`;
      time.parentElement.classList.toggle("soon", seconds < SOON_S);
    }
  }

  function over(card) {
    if (card.dataset.over) return;
    card.dataset.over = "yes";
    const tag = card.querySelector(".tag");
    tag.textContent = "waits no longer";
    for (const button of card.querySelectorAll("button")) button.disabled = true;
  }

  // Somebody who types, or has ticked or marked something, must not lose it.
  function busy() {
    const typed = [...document.querySelectorAll("textarea")].some((box) => box.value !== "");
    const ticked = document.querySelector("input[name=remember]:checked") !== null;
    const focused = document.activeElement && document.activeElement.closest("[data-held-id]");
    return typed || ticked || Boolean(focused) || !getSelection().isCollapsed;
  }

  async function look() {
    if (document.hidden) return;
    let ids;
    try {
      const answer = await fetch(`${at}/held/count.json`, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      ids = (await answer.json()).ids;
    } catch {
      return; // the server is away: what is shown stays until it is back
    }
    const known = cards.filter((card) => !card.dataset.over).map((card) => card.dataset.heldId);
    if (ids.length === known.length && ids.every((id, place) => id === known[place])) return;
    if (!busy()) {
      location.replace(`${at}/held`);
      return;
    }
    for (const card of cards) if (!ids.includes(card.dataset.heldId)) over(card);
    changed.hidden = false;
  }

  // The words that are marked in the text become lines of the box.
  let marked = "";
  document.addEventListener("selectionchange", () => {
    const text = String(getSelection()).trim();
    if (text) marked = text;
  });
  for (const button of document.querySelectorAll("[data-take]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const box = button.closest("form").querySelector("textarea");
      const words = marked.split("\n").map((line) => line.trim()).filter(Boolean);
      const lines = new Set([...box.value.split("\n").filter(Boolean), ...words]);
      box.value = [...lines].join("\n");
      box.focus();
    });
  }

  tick();
  setInterval(tick, 1000);
  setInterval(look, EVERY_MS);
})();
