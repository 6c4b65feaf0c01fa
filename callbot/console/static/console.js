// Keeps the page fresh: running calls by server-sent events, queue and cases by asking for the page again.
// Everything that callers said is set as text, never as markup.
"use strict";

const REFRESH = 3000; // milliseconds
const cards = new Map(); // call id -> article

const connection = document.getElementById("connection");

function setText(element, text) {
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

function plain(name) {
  return name.replaceAll("_", " ");
}

// ---------------------------------------------------------------- running calls

function cardOf(callId) {
  let card = cards.get(callId);
  if (!card) {
    card = document.getElementById("call-card").content.firstElementChild.cloneNode(true);
    cards.set(callId, card);
    place(card);
  }
  return card;
}

// Emergencies stand on top, and in each group the newest call.
function place(card) {
  const calls = document.getElementById("calls");
  const top = card.classList.contains("emergency") ? calls.firstChild : calls.querySelector(".call:not(.emergency)");
  calls.insertBefore(card, top);
}

function line(entry) {
  const item = document.createElement("li");
  const who = document.createElement("span");
  item.className = entry.who;
  who.className = "who";
  who.textContent = entry.who === "bot" ? "Bot" : "Caller";
  item.append(who, " ", entry.text);
  return item;
}

function fact([label, value]) {
  const group = document.createElement("div");
  const term = document.createElement("dt");
  const description = document.createElement("dd");
  term.textContent = label;
  description.textContent = value;
  group.append(term, description);
  return group;
}

function endOf(call) {
  if (call.ended) return `Ended: ${plain(call.ended.outcome ?? "undecided")}`;
  if (call.transfer) return `Being connected with a person: ${plain(call.transfer.reason)}`;
  return "";
}

function showCall(call) {
  const card = cardOf(call.call_id);
  const talk = card.querySelector(".talk");
  const time = card.querySelector("time");
  if (call.emergency && !card.classList.contains("emergency")) {
    card.classList.add("emergency");
    place(card);
  }
  card.classList.toggle("ended", Boolean(call.ended));
  card.querySelector("h3").textContent = call.title || (call.caller_known ? "Call" : "Call, number withheld");
  setText(card.querySelector(".state"), call.ended ? "ended" : plain(call.state));
  if (call.started) {
    time.dateTime = call.started;
    time.textContent = new Date(call.started).toLocaleTimeString();
  }
  setText(card.querySelector(".alarm"),
    call.emergency ? `Emergency, ${plain(call.emergency.kind)}: “${call.emergency.evidence}”` : "");
  // Only what is new is added, so that a screen reader reads each line once.
  const added = call.transcript.slice(talk.childElementCount);
  talk.append(...added.map(line));
  if (added.length) talk.scrollTop = talk.scrollHeight;
  setText(card.querySelector(".partial .text"), call.partial);
  card.querySelector(".partial").hidden = !call.partial;
  card.querySelector(".facts").replaceChildren(...call.details.map(fact));
  setText(card.querySelector(".end"), endOf(call));
}

function dropCall(callId) {
  cards.get(callId)?.remove();
  cards.delete(callId);
}

function dropAll() {
  for (const callId of [...cards.keys()]) dropCall(callId);
}

function showCount() {
  document.getElementById("no-calls").hidden = cards.size > 0;
}

const events = new EventSource("/api/live/events");
events.onopen = () => {
  // The server begins with all calls as they stand; what it no longer knows must not stay.
  dropAll();
  showCount();
  connection.textContent = "Live";
  connection.classList.add("on");
};
events.onerror = () => {
  connection.textContent = "Connection lost, trying again";
  connection.classList.remove("on");
};
events.onmessage = (message) => {
  const event = JSON.parse(message.data);
  if (event.type === "call") showCall(event.call);
  if (event.type === "gone") dropCall(event.call_id);
  showCount();
};

// ---------------------------------------------------------------- queue and cases

function replace(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  for (const details of old.querySelectorAll("details[open]")) {
    const same = fresh.querySelector(`details[data-key="${details.dataset.key}"]`);
    if (same) same.open = true;
  }
  if (!old.isEqualNode(fresh)) old.replaceWith(fresh);
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch("/");
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const section of document.querySelectorAll("[data-refresh]")) {
    replace(section, document.adoptNode(page.getElementById(section.id)));
  }
  replace(document.querySelector("nav"), document.adoptNode(page.querySelector("nav")));
}

setInterval(() => {
  refresh().catch((error) => console.warn("queue and cases are not fresh:", error.message));
}, REFRESH);
