// The page's own small tools: elements made of calls, never of markup, and where the focus goes.

// h('p', { class: 'quiet', onclick: go }, 'text', child, …): functions become listeners, true an
// empty attribute, null and false none. Text stays text.
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// To what has just appeared, so that neither the keyboard nor a screen reader is left behind.
export function focus(element) {
  if (!element) return;
  if (!element.matches('a[href], button, input, select, textarea, summary, [tabindex]')) element.setAttribute('tabindex', '-1');
  element.focus();
}

// What happened, said to who does not see it; the same words twice are said twice.
export function announce(text) {
  const region = document.getElementById('announcer');
  if (!region) return;
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 50);
}

// A dialog that asks one thing. `build(close)` gives its children; close(value) ends it, Esc ends it
// with null. The focus goes back to where it was.
export function ask(title, build) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const close = (value) => {
      dialog.close();
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(value);
    };
    const heading = h('h2', { id: 'dialog-title' }, title);
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', oncancel: (event) => { event.preventDefault(); close(null); } }, heading, build(close));
    document.body.append(dialog);
    dialog.showModal();
  });
}
