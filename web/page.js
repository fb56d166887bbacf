// Keeps an open page fresh, filters without reloading, opens what is folded for printing. Nothing needs it.
(() => {
  "use strict";
  const EVERY = 20000, MOST = 320000, PATIENCE = 10000, PAUSE = 250;
  const $ = (id) => document.getElementById(id);
  const main = $("main"), fresh = $("fresh"), told = $("told");
  if (!main || !fresh || !told || !window.AbortSignal || !AbortSignal.timeout) return;
  let tag = null, wait = EVERY, timer = 0, shown = new Date(), asked = 0, filtering = false;

  const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const clock = (time) => time.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const words = (how) => fresh.dataset[how].replace("{time}", clock(shown));
  const sayFresh = (how) => say(fresh, words(how));

  // What did not change is left alone, so that focus, selection, open folds and half-filled fields stay.
  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
  const morph = (old, now) => {
    if (old.nodeType !== 1) {
      if (old.data !== now.data) old.data = now.data;
      return;
    }
    if (old.nodeName === "FORM" || old.isEqualNode(now)) return;
    for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    for (const { name } of [...old.attributes]) if (name !== "open" && !now.hasAttribute(name)) old.removeAttribute(name);
    const ids = new Set([...now.children].map((child) => child.id));
    for (const child of [...old.children]) if (child.id && !ids.has(child.id)) child.remove();
    let at = old.firstChild;
    for (const child of now.childNodes) {
      let match = at;
      if (child.id) match = [...old.children].find((one) => one.id === child.id);
      if (match && same(match, child)) {
        if (match !== at) old.insertBefore(match, at);
        morph(match, child);
        at = match.nextSibling;
      } else {
        old.insertBefore(document.importNode(child, true), at);
      }
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  };

  const get = async (url) => {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-cache", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(String(answer.status));
    const age = Number(answer.headers.get("Age") || 0), date = Date.parse(answer.headers.get("Date")) || Date.now();
    const page = answer.headers.get("ETag") === tag && tag ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
    return { tag: answer.headers.get("ETag"), at: new Date(date - age * 1000), page };
  };

  const show = (page) => {
    const now = page && page.getElementById("main");
    if (!now) return false;
    const before = main.textContent;
    morph(main, now);
    return main.textContent !== before;
  };

  const poll = async () => {
    if (filtering) return; // it plans the next one
    const turn = ++asked;
    clearTimeout(timer);
    try {
      const got = await get(location.href);
      if (turn !== asked) return;
      tag = got.tag;
      shown = got.at;
      wait = EVERY;
      if (show(got.page)) say(told, words("changed"));
      sayFresh("shown");
    } catch {
      if (turn !== asked) return;
      wait = Math.min(wait * 2, MOST);
      sayFresh("stale");
    }
    plan(wait);
  };
  const plan = (ms) => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(poll, ms);
  };
  document.addEventListener("visibilitychange", () => plan(document.hidden ? 0 : 200));

  // A form that asks this very page: its results come without a reload.
  const form = document.querySelector("main form");
  const filter = async () => {
    const url = new URL(form.action), turn = ++asked;
    filtering = true;
    clearTimeout(timer);
    for (const [name, value] of new FormData(form)) if (value) url.searchParams.append(name, value);
    try {
      const got = await get(url);
      if (turn !== asked) return;
      tag = got.tag;
      shown = got.at;
      history.replaceState(null, "", url);
      show(got.page);
      say(told, $("found") ? $("found").textContent : words("changed"));
      plan(wait);
    } catch {
      if (turn === asked) form.submit();
    } finally {
      if (turn === asked) filtering = false;
    }
  };
  if (form && new URL(form.action).pathname === location.pathname) {
    let pause = 0;
    form.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(filter, PAUSE); });
    form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(pause); filter(); });
  }

  let folded = [];
  addEventListener("beforeprint", () => { folded = [...document.querySelectorAll("details:not([open])")]; for (const one of folded) one.open = true; });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });

  plan(2000);
})();
