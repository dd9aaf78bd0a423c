// Makes the pages live. Without it they are complete: nothing here is needed to read them.
"use strict";

const live = document.getElementById("live");
const seen = new Map();

// Refreshing: the server writes the same parts again; they replace what is open here.
async function fetchPart(name) {
  const address = new URL(location.href);
  address.searchParams.set("part", name);
  const headers = seen.has(name) ? { "If-None-Match": seen.get(name) } : {};
  const answer = await fetch(address, { headers, cache: "no-store" });
  if (answer.status === 304) return null;
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  seen.set(name, answer.headers.get("ETag"));
  return answer.text();
}

function put(element, html) {
  if (element.contains(document.activeElement)) return false;
  const opened = [...element.querySelectorAll("details[open]")].map((d) => d.id);
  const box = element.querySelector("#city")?.getAttribute("viewBox");
  const said = element.querySelector("[data-say]")?.dataset.say;
  const part = new DOMParser().parseFromString(html, "text/html");
  element.replaceChildren(...part.body.childNodes);
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  const city = element.querySelector("#city");
  if (city) moveable(city, box);
  const news = element.querySelector("[data-say]")?.dataset.say;
  if (news && news !== said) tell(news);
  return true;
}

function tell(text) {
  const place = document.getElementById("said");
  if (place) place.textContent = text;
}

async function refresh() {
  if (document.hidden) return;
  try {
    const now = await fetchPart("now");
    if (now !== null && !put(live, now)) seen.delete("now");
    const more = await fetchPart("more");
    if (more !== null && !put(document.getElementById("more"), more)) seen.delete("more");
    lost(false);
  } catch {
    lost(true);
  }
}

function lost(yes) {
  let note = document.getElementById("lost");
  if (!yes) return note?.remove();
  if (note) return;
  note = document.createElement("p");
  note.id = "lost";
  note.className = "explain";
  note.setAttribute("role", "alert");
  note.textContent = live.dataset.lost;
  live.before(note);
}

// The map: buttons, wheel with Ctrl, drag once it is closer than the whole.
function moveable(svg, box) {
  const whole = svg.getAttribute("viewBox").split(" ").map(Number);
  let view = box ? box.split(" ").map(Number) : [...whole];
  const show = () => {
    view[2] = Math.min(view[2], whole[2]);
    view[3] = (view[2] * whole[3]) / whole[2];
    view[0] = Math.min(Math.max(view[0], whole[0]), whole[0] + whole[2] - view[2]);
    view[1] = Math.min(Math.max(view[1], whole[1]), whole[1] + whole[3] - view[3]);
    svg.setAttribute("viewBox", view.map((n) => n.toFixed(1)).join(" "));
    const closer = view[2] < whole[2] - 1;
    svg.style.touchAction = closer ? "none" : "pan-y";
    const size = (view[2] / whole[2]) * (svg.classList.contains("near") ? 1.25 : 1);
    for (const mark of svg.querySelectorAll(".marks a")) {
      const at = mark.getAttribute("transform").match(/translate\([^)]*\)/)[0];
      mark.setAttribute("transform", `${at} scale(${Math.max(size, 0.45).toFixed(2)})`);
    }
  };
  const zoom = (by, x = 0.5, y = 0.5) => {
    const width = Math.min(whole[2], Math.max(whole[2] / 8, view[2] * by));
    const height = (width * whole[3]) / whole[2];
    view = [view[0] + (view[2] - width) * x, view[1] + (view[3] - height) * y, width, height];
    show();
  };
  const frame = svg.parentElement;
  const tools = document.createElement("div");
  tools.className = "tools";
  for (const [sign, by, name] of [["+", 0.6, frame.dataset.closer], ["−", 1 / 0.6, frame.dataset.wider]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => zoom(by));
    tools.append(button);
  }
  frame.append(tools);
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const area = svg.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, (event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height);
  }, { passive: false });
  let from = null;
  let moved = false;
  svg.addEventListener("pointerdown", (event) => {
    if (view[2] < whole[2] - 1) from = [event.clientX, event.clientY, ...view];
    moved = false;
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from) return;
    const scale = view[2] / svg.getBoundingClientRect().width;
    const dx = event.clientX - from[0];
    const dy = event.clientY - from[1];
    moved = moved || Math.abs(dx) + Math.abs(dy) > 4;
    view = [from[2] - dx * scale, from[3] - dy * scale, view[2], view[3]];
    show();
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) {
    svg.addEventListener(end, () => { from = null; });
  }
  svg.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
  show();
}

// Finding the ward: the position is compared here with the borders and goes nowhere.
function inside(lon, lat, ring) {
  let within = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[i];
    const [bx, by] = ring[j];
    if (ay > lat !== by > lat && lon < ax + ((lat - ay) * (bx - ax)) / (by - ay)) within = !within;
  }
  return within;
}

async function wardAt(lon, lat) {
  for (const kind of ["ward", "commune"]) {
    const answer = await fetch(`/api/v1/areas?kind=${kind}`);
    for (const area of (await answer.json()).features) {
      const rings = area.geometry?.coordinates ?? [];
      if (rings.filter((ring) => inside(lon, lat, ring)).length % 2) return area.id;
    }
  }
  return null;
}

function offerPosition(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      const ward = await wardAt(coords.longitude, coords.latitude);
      const select = document.getElementById("home");
      if (!ward) return answerOn(button, button.dataset.outside);
      select.value = ward;
      select.form.requestSubmit();
    }, () => answerOn(button, button.dataset.failed));
  });
}

function answerOn(button, text) {
  const note = document.createElement("p");
  note.className = "hint";
  note.setAttribute("role", "status");
  note.textContent = text;
  button.replaceWith(note);
}

const city = document.getElementById("city");
if (city) moveable(city, null);
const locate = document.getElementById("locate");
if (locate && navigator.geolocation) offerPosition(locate);
if (live) setInterval(refresh, Number(live.dataset.refresh) * 1000);
