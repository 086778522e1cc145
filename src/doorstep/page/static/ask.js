"use strict";

// Ask, live: the form is sent, and what happens comes back as server-sent events (see live.py).
// Every text is put in as text, never as markup.

(() => {
  const base = document.documentElement.dataset.base;
  const form = document.getElementById("ask");
  const send = form.querySelector("button.main");
  const stop = document.getElementById("stop");
  const live = document.getElementById("live");
  const says = document.getElementById("says");
  const answer = document.getElementById("answer");
  const answerBody = document.getElementById("answer-body");
  const answerLink = document.getElementById("answer-link");
  const standIns = document.getElementById("stand-ins");
  const lanes = {
    home: live.querySelector(".lane.home"),
    crossed: live.querySelector(".lane.crossed"),
    cloud: live.querySelector(".lane.cloud"),
  };
  let going = null; // the AbortController of the question that is being answered
  let steps = new Map(); // call -> what shows it
  let ticks = new Map(); // call -> the line of a step without a model
  let held = new Map(); // id -> card
  let played = new Set(); // models that are stand-ins
  let pattern = "";
  let over = false;

  // --- elements ---------------------------------------------------------------------------------

  function make(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function card(lane, className = "") {
    const element = make("article", `card fresh ${className}`);
    lanes[lane].append(element);
    return element;
  }

  function heading(parent, text, tag, tagClass) {
    const head = make("h3", "", `${text} `);
    const label = make("span", `tag ${tagClass}`, tag);
    head.append(label);
    parent.append(head);
    return label;
  }

  function words(stretches) {
    const box = make("div", "words");
    for (const part of stretches) box.append(part.kind ? make("span", "stands", part.text) : part.text);
    return box;
  }

  function fact(list, name, value, className) {
    list.append(make("dt", "", name), make("dd", className, value));
  }

  function folded(label, content, open) {
    const box = make("details");
    box.open = open;
    box.append(make("summary", "small", label), content);
    return box;
  }

  function showBody(parent, told) {
    for (const said of told.text) {
      const constant = said.who === "system";
      const label = constant ? "Instructions" : `What it says (${said.who})`;
      parent.append(folded(label, words(said.stretches), !constant));
    }
    const exact = make("pre", "body", told.exact);
    exact.tabIndex = 0;
    parent.append(folded(`The exact body, ${told.size}`, exact, told.text.length === 0));
  }

  // --- events -----------------------------------------------------------------------------------

  const on = {
    run(told) {
      pattern = told.pattern;
      const context = form.elements[pattern === "household" ? "notes" : "context"].value;
      const element = card("home");
      heading(element, "Question", "yours", "home");
      element.append(make("div", "words", form.elements.question.value));
      if (context.trim()) element.append(folded(pattern === "household" ? "Notes" : "Text before it", make("div", "words", context), false));
    },

    began(told) {
      if (told.stand_in) played.add(told.stand_in);
      if (told.actor === "check") return tick(told, "working");
      const element = card(told.actor, "act");
      const state = heading(element, told.step, "working", "working");
      element.append(make("p", "muted small", told.model + (told.stand_in ? " (a stand-in, no model)" : "")));
      const text = make("div", "words");
      element.append(text);
      steps.set(told.call, { element, state, text, step: told.step, actor: told.actor });
      status(told.actor === "cloud" ? "The cloud is working." : "Home is working.");
      return undefined;
    },

    said(told) {
      const step = steps.get(told.call);
      if (!step) return;
      step.text.append(told.text);
      if (pattern === "draft-then-refine" && step.step === "draft") showDraft(told.text);
    },

    held(told) {
      held.set(told.id, preview(told));
      status("It waits for you: look at what would leave, then send it or hold it back.");
    },

    released(told) {
      const element = held.get(told.id);
      held.delete(told.id);
      if (!element) return;
      if (element.dataset.choice === "refuse") stays(element);
      else element.remove();
    },

    crossed(told) {
      const element = card("crossed", "exhibit");
      heading(element, `Crossing ${told.id}`, "sent", "crossed");
      element.append(make("p", "small", `${told.verdict}.`));
      const facts = make("dl", "facts small");
      fact(facts, "to", told.destination, "mono");
      fact(facts, "size", told.size);
      fact(facts, "sha256", told.sha256, "mono");
      element.append(facts);
      showBody(element, told);
    },

    ended(told) {
      if (told.actor === "check") return tick(told, `${told.note || told.state}, ${told.figures}`);
      const step = steps.get(told.call);
      if (!step) return undefined;
      if (told.parts) return step.element.remove(); // its own steps are shown
      step.state.textContent = told.state;
      step.state.className = `tag ${{ done: "good", stopped: "warn" }[told.state] || "bad"}`;
      step.element.querySelector("p").append(` · ${told.figures}${told.note ? ` · ${told.note}` : ""}`);
      if (told.said && step.text.textContent !== told.readable) step.text.textContent = told.readable;
      if (told.said !== told.readable) {
        step.text.classList.add("data");
        step.text.tabIndex = 0;
        step.text.setAttribute("role", "group");
        step.text.setAttribute("aria-label", `What ${told.step} said`);
      }
      return undefined;
    },

    done(told) {
      over = true;
      const left = told.crossings ? `${told.sent} left the house` : "Nothing left the house";
      const draft = told.details && told.details.draft;
      const replaced = draft && draft.verdict === "replaced" ? "The cloud's answer took the draft's place. " : "";
      const sides = told.details && told.details.sides;
      const differ = sides && sides.verdict === "differ" ? "Home and cloud do not say the same: both answers stand below. " : "";
      const ended = told.ending === "answered" ? "Answered" : `It was ${told.ended}`;
      status(`${replaced}${differ}${ended}, ${told.seconds}. ${left}. Cost: ${told.cost}.`);
      showAnswer(told); // it may put a link into the status
    },

    failed(told) {
      over = true;
      const link = says.querySelector("a"); // to the run, where it is in the book
      const own = live.querySelector(".exhibit.held-back");
      status(own ? "You held it back; nothing was sent." : `${told.line} ${told.hint}`.trim(), true);
      if (link) says.append(" ", link);
    },
  };

  function status(line, wrong = false) {
    says.textContent = line;
    says.className = wrong ? "note bad" : "lead";
    standIns.hidden = played.size === 0;
    standIns.textContent = `Stand-ins answer, no language model: ${[...played].join("; ")}.`;
  }

  // A step without a model: a line, which is changed when the step has ended.
  function tick(told, line) {
    let list = lanes.home.querySelector("ul.checks");
    if (!list) {
      const element = card("home", "act");
      heading(element, "Without a model", "at home", "");
      list = make("ul", "checks plain small");
      element.append(list);
    }
    if (!ticks.has(told.call)) ticks.set(told.call, list.appendChild(make("li")));
    const item = ticks.get(told.call);
    item.textContent = `${told.step}: ${line}`;
    item.className = line === "working" ? "working" : "";
  }

  // It is over: what still works is broken off.
  function settle() {
    for (const { state } of steps.values()) {
      if (!state.classList.contains("working")) continue;
      state.textContent = "not finished";
      state.className = "tag warn";
    }
    for (const item of ticks.values()) item.classList.remove("working");
  }

  // --- what would leave -------------------------------------------------------------------------

  function preview(told) {
    const element = card("crossed", "waits");
    heading(element, "This would leave", "waits for you", "warn");
    const facts = make("dl", "facts small");
    const masked = told.found.map(([kind, count]) => `${kind} (${count})`).join(", ");
    fact(facts, "to", told.destination, "mono");
    fact(facts, "size", told.size);
    fact(facts, "masked", masked || "nothing had to be masked");
    fact(facts, "sha256", told.sha256, "mono");
    fact(facts, "until", `${new Date(told.until).toLocaleTimeString()}, then it is refused`);
    element.append(facts);
    showBody(element, told);
    const buttons = make("div", "buttons");
    const line = make("p", "small");
    line.setAttribute("role", "status");
    for (const [label, choice, look] of [["Send", "send", "main"], ["Hold back", "refuse", ""]]) {
      const button = make("button", look, label);
      button.type = "button";
      button.addEventListener("click", () => decide(told, choice, buttons, line));
      buttons.append(button);
    }
    const more = make("a", "small", "Mask more, or remember (new tab)");
    more.href = `${base}/held`;
    more.target = "_blank";
    more.rel = "noopener";
    buttons.append(more);
    element.append(buttons, line);
    element.scrollIntoView({ block: "nearest" });
    return element;
  }

  // It was held back by the button here: what did not leave can still be read.
  function stays(element) {
    element.classList.replace("waits", "exhibit");
    element.classList.add("held-back");
    element.querySelector("h3").replaceChildren("This did not leave ", make("span", "tag warn", "held back"));
    for (const gone of element.querySelectorAll(".buttons, [role=status]")) gone.remove();
  }

  async function decide(told, choice, buttons, line) {
    const all = buttons.querySelectorAll("button");
    for (const button of all) button.disabled = true;
    const element = buttons.closest("article");
    element.dataset.choice = choice;
    try {
      const reply = await fetch(`${base}/held/${encodeURIComponent(told.id)}`, {
        method: "POST",
        headers: { accept: "application/json" },
        body: new URLSearchParams({ sha256: told.sha256, choice }),
      });
      line.textContent = (await reply.json()).line || "";
      if (!reply.ok) element.dataset.choice = "";
    } catch {
      element.dataset.choice = "";
      line.textContent = "That did not reach Doorstep; nothing was decided.";
      for (const button of all) button.disabled = false;
    }
  }

  // --- the answer -------------------------------------------------------------------------------

  function showDraft(text) {
    if (answer.hidden) {
      answer.hidden = false;
      answerBody.replaceChildren(make("p", "muted small", "A draft from home; the cloud may better it."), make("div", "words big"));
    }
    answerBody.querySelector(".words").append(text);
  }

  function showAnswer(told) {
    const parts = [];
    const draft = told.details && told.details.draft;
    const sides = told.details && told.details.sides;
    if (draft && draft.verdict === "replaced") {
      parts.push(make("p", "small", "The draft was replaced by the cloud's answer."));
      const gone = make("div", "words");
      gone.append(make("del", "", draft.draft.text));
      const better = make("div", "words big");
      better.append(make("ins", "", draft.refined.text));
      parts.push(gone, better);
    } else if (told.answer) {
      parts.push(make("div", "words big", told.answer));
    }
    if (sides) parts.push(...bothSides(sides));
    const plan = told.details && told.details.plan;
    if (plan) parts.push(planned(plan));
    if (told.verdict) parts.push(make("p", "small", `Verdict: ${told.verdict}.`));
    const lines = make("ul", "small muted plain");
    for (const line of [...(plan ? [] : told.reasons), ...told.notes]) lines.append(make("li", "", line));
    if (told.fell_back) lines.append(make("li", "", `It fell back: ${told.fallback || "another step took the place of one that did not do"}.`));
    if (lines.children.length) parts.push(lines);
    answer.hidden = parts.length === 0;
    answerBody.replaceChildren(...parts);
    answerLink.replaceChildren();
    if (form.dataset.texts !== "kept") return;
    const link = make("a", "", "This run, for good: every step, and exactly what crossed");
    link.href = `${base}/runs/${encodeURIComponent(told.id)}`;
    (parts.length ? answerLink : says).append(parts.length ? "" : " ", link);
  }

  function bothSides(sides) {
    const two = make("div", "two");
    for (const [name, side] of [["Home", sides.home], ["Cloud", sides.cloud]]) {
      const element = make("article", "card");
      element.append(make("h3", "", `${name}: ${side.model}`));
      element.append(make("div", "words", side.text || `It gave no answer (${side.failed}).`));
      two.append(element);
    }
    return [make("h3", "", `Two answers: ${sides.verdict || "not compared"}`), two];
  }

  function planned(plan) {
    const list = make("ol", "ticks small");
    for (const step of plan.steps) {
      const item = make("li", step.state.replace(" ", "-"));
      item.append(make("code", "", step.text), " ", make("span", `tag ${step.state === "done" ? "good" : ""}`, step.state));
      list.append(item);
    }
    return folded(`The plan, ${plan.steps.length} steps`, list, true);
  }

  // --- the stream -------------------------------------------------------------------------------

  function clear() {
    steps = new Map();
    ticks = new Map();
    held = new Map();
    played = new Set();
    over = false;
    for (const lane of Object.values(lanes)) for (const old of lane.querySelectorAll(".card")) old.remove();
    answer.hidden = true;
    answerBody.replaceChildren();
    answerLink.replaceChildren();
    live.hidden = false;
    status("Asking.");
  }

  function heard(block) {
    let name = "";
    let data = "";
    for (const line of block.split("\n")) {
      if (line.startsWith("event: ")) name = line.slice(7);
      if (line.startsWith("data: ")) data += line.slice(6);
    }
    if (Object.hasOwn(on, name) && data) on[name](JSON.parse(data));
  }

  async function read(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      blocks.forEach(heard);
    }
  }

  async function ask() {
    going = new AbortController();
    clear();
    busy(true);
    live.scrollIntoView({ block: "start" });
    try {
      const reply = await fetch(form.action, {
        method: "POST",
        headers: { accept: "text/event-stream" },
        body: new FormData(form),
        signal: going.signal,
      });
      const stream = (reply.headers.get("content-type") || "").startsWith("text/event-stream");
      if (stream) await read(reply.body);
      else status(((await reply.json()) || {}).message || "Doorstep did not take the question.", true);
      if (stream && !over) status("The answer broke off: Doorstep was stopped, or is gone.", true);
    } catch {
      const stopped = going.signal.aborted;
      status(stopped ? "Stopped. Whatever had been sent is in the ledger." : "Doorstep cannot be reached.", !stopped);
      for (const element of held.values()) element.remove();
    } finally {
      settle();
      busy(false);
      going = null;
    }
  }

  function busy(yes) {
    send.disabled = yes;
    stop.hidden = !yes;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!going) ask();
  });
  stop.addEventListener("click", () => going && going.abort());
  document.getElementById("file").addEventListener("change", async (event) => {
    // What was chosen is shown where it would have been typed, so that it can be looked at.
    const [file] = event.target.files;
    if (!file || file.size > 1e6) return;
    const household = form.elements.pattern.value === "household";
    document.getElementById(household ? "notes" : "context").value = await file.text();
    event.target.value = ""; // what is in the field counts, with what is changed there
  });
})();
