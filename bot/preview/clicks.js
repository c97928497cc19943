// Keeps what a person clicks or sends while simcord's page is busy, and does it as soon as the page
// is free: the page by itself drops it without a word.

const ACTS = "button.component-button, [role=option], .modal-actions button";
const PLACES = "#channel-message-list, #modal-root";
const STILL = 5;
const RETRY_MS = 50;
const GIVE_UP_MS = 20_000;

let kept = [];
let pressed = null;
let replaying = false;

function busy() {
  const page = window.simcordPreview;
  return Boolean(page.pendingAction) || page.awaitingRevision > page.publishedRevision;
}

// The page draws a message anew when it changes, so the same button may be another element later,
// and another button may have its key: keys count a message's parts.
function finder(element) {
  const key = element.dataset.controlKey;
  const text = element.textContent;
  const message = element.closest("[data-message-id]")?.dataset.messageId;
  const sameMessage = (one) => one.closest("[data-message-id]")?.dataset.messageId === message;
  return () => {
    if (element.isConnected) return element;
    const all = [...document.querySelectorAll(PLACES)].flatMap((place) => [...place.querySelectorAll(ACTS)]);
    return all.find((one) => one.textContent === text && (!key || one.dataset.controlKey === key))
      ?? all.find((one) => one.textContent === text && sameMessage(one));
  };
}

function keep(name, find, act) {
  if (kept.some((one) => one.name === name)) return;
  const viewer = window.simcordPreview.viewerId;
  kept.push({ name, find, act, viewer, since: performance.now() });
  setTimeout(replay, RETRY_MS);
}

function replay() {
  const [next] = kept;
  if (!next) return;
  const waited = performance.now() - next.since;
  if (window.simcordPreview.viewerId !== next.viewer || waited > GIVE_UP_MS) {
    kept = [];
    return;
  }
  if (!busy()) {
    kept.shift();
    const found = next.find();
    replaying = true;
    try {
      if (found) next.act(found);
    } finally {
      replaying = false;
    }
  }
  if (kept.length) setTimeout(replay, RETRY_MS);
}

function keepClick(button) {
  keep(button.dataset.controlKey ?? button.textContent, finder(button), (found) => found.click());
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function actIn(target) {
  const button = target instanceof Element && target.closest(ACTS);
  return button && button.closest(PLACES) && button.type !== "submit" ? button : null;
}

document.addEventListener("click", (event) => {
  const button = actIn(event.target);
  if (replaying || !button || button.disabled || !(kept.length || busy())) return;
  stop(event);
  keepClick(button);
}, true);

document.addEventListener("submit", (event) => {
  if (replaying || !(kept.length || busy())) return;
  stop(event);
  const { id } = event.target;
  const find = () => (id ? document.getElementById(id) : document.querySelector("#modal-root form"));
  keep(`form ${id}`, find, (form) => form.requestSubmit());
}, true);

// A button that is drawn anew, or that moves, between press and release gets no click.
document.addEventListener("pointerdown", (event) => {
  const button = event.button === 0 && actIn(event.target);
  pressed = button && !button.disabled ? { button, find: finder(button), x: event.x, y: event.y } : null;
}, true);

document.addEventListener("pointerup", (event) => {
  if (!pressed) return;
  const { button, find, x, y } = pressed;
  pressed = null;
  const clicked = button.isConnected && button.contains(event.target);
  if (clicked || Math.hypot(event.x - x, event.y - y) > STILL) return;
  keep(button.dataset.controlKey ?? button.textContent, find, (found) => found.click());
}, true);
