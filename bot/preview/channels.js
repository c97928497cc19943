// The server's channels and threads as a row of buttons: simcord's page shows one channel only.

const DISCORD = /^https:\/\/discord\.com\/channels\/\d+\/(\d+)/;
const app = document.querySelector("#preview-app");
const people = document.querySelector("#viewer-picker");
const row = document.createElement("nav");
row.id = "channels";
row.setAttribute("aria-label", "Channels");
document.querySelector("#channel-layout").prepend(row);

const style = new CSSStyleSheet();
style.replaceSync(`
  #channels { display: flex; flex: none; gap: 6px; padding: 6px 12px; overflow-x: auto; }
  #channels button { display: block; flex: none; max-width: 18em; overflow: hidden;
    text-overflow: ellipsis; white-space: nowrap; }
  #channels [aria-current] { color: #fff; background: var(--discord-brand); }
  #channels .unread { color: #fff; }
  #channels .unread::after { content: " •"; }
  .mention { cursor: pointer; }
  @media (max-width: 400px) { .viewer-control select { max-width: 11rem; } }
`);
document.adoptedStyleSheets.push(style);

let channels = [];
let drawn = "";
const read = new Map();

function go(id) {
  // The server takes this for "the same person, in that channel".
  people.append(new Option("", `${people.value}/${id}`, true, true));
  people.dispatchEvent(new Event("change"));
}

function button(channel) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "toolbar-button";
  made.textContent = channel.name;
  made.title = channel.name;
  if (channel.here) made.setAttribute("aria-current", "page");
  if (!read.has(channel.id) && !drawn) read.set(channel.id, channel.last);
  if (channel.here) read.set(channel.id, channel.last);
  if (read.get(channel.id) !== channel.last) made.classList.add("unread");
  made.addEventListener("click", () => go(channel.id));
  return made;
}

function draw() {
  if (app.getAttribute("aria-busy") === "true") return;
  channels = window.simcordPreview.presentation?.channels ?? [];
  const state = JSON.stringify(channels);
  if (!channels.length || state === drawn) return;
  row.replaceChildren(...channels.map(button));
  row.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  drawn = state;
}

// The page turns busy and back each time that it shows something new.
new MutationObserver(draw).observe(app, { attributeFilter: ["aria-busy"] });

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const mention = event.target.closest(".mention");
  const id = link && DISCORD.exec(link.href)?.[1];
  const found = channels.find((channel) => channel.id === id || channel.name === mention?.textContent);
  if (!found) return;
  event.preventDefault();
  go(found.id);
}, true);
