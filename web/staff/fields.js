// Form fields with a place for what is wrong with them, named as the service names it: "#/summary".

import { fill, focus, h } from './dom.js';
import { t } from './words.js';

// One form's fields by the pointer that a fault would bear.
export class Faults {
  #fields = new Map();
  #touched = new Set();
  #summary = h('div', { class: 'faults', role: 'alert', tabindex: '-1', hidden: true });

  get summary() { return this.#summary; }

  add(pointer, label, control, slot) {
    this.#fields.set(pointer, { label, control, slot });
    const touch = () => this.#touched.add(pointer);
    control.addEventListener('input', touch);
    control.addEventListener('change', touch);
  }

  remove(prefix) {
    for (const pointer of [...this.#fields.keys()]) if (pointer.startsWith(prefix)) this.#fields.delete(pointer);
  }

  // The field that a pointer is about: itself, or the nearest one that holds it.
  #find(pointer) {
    for (let at = pointer; at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) if (this.#fields.has(at)) return this.#fields.get(at);
    return null;
  }

  #mark(field, details) {
    fill(field.slot, details.map((detail) => h('span', { lang: 'en' }, detail)));
    const described = field.control.getAttribute('aria-describedby') ?? '';
    const others = described.split(' ').filter((id) => id && id !== field.slot.id);
    field.control.setAttribute('aria-describedby', details.length ? [...others, field.slot.id].join(' ') : others.join(' '));
    if (details.length) field.control.setAttribute('aria-invalid', 'true');
    else field.control.removeAttribute('aria-invalid');
    field.control.closest('.field')?.classList.toggle('wrong', details.length > 0);
  }

  clear() {
    for (const field of this.#fields.values()) this.#mark(field, []);
    this.#summary.hidden = true;
  }

  // At fields that were touched; at all of them where the summary names them.
  #place(errors) {
    const found = new Map();
    for (const { pointer, detail } of errors) {
      const field = pointer && this.#find(pointer);
      if (field) found.set(field, [...(found.get(field) ?? []), detail]);
    }
    for (const [pointer, field] of this.#fields) {
      const wrong = found.get(field) ?? [];
      if (!wrong.length || this.#touched.has(pointer) || !this.#summary.hidden) this.#mark(field, wrong);
    }
  }

  // While somebody types: nothing moves, so a summary that is settled keeps its room.
  hint(errors) {
    this.#place(errors);
    this.#summary.classList.toggle('settled', !errors.length);
  }

  // After something was refused: all of it, at the top with links to the fields, and at the fields.
  show(problem) {
    this.clear();
    const errors = problem.errors.length ? problem.errors : [{ detail: problem.message }];
    const items = errors.map(({ pointer, parameter, header, detail }) => {
      const field = pointer && this.#find(pointer);
      if (!field) return h('li', { lang: 'en' }, [parameter ?? header ?? (pointer ?? '').slice(2), detail].filter(Boolean).join(': '));
      const go = (event) => { event.preventDefault(); focus(field.control.matches('fieldset') ? field.control.querySelector('input') : field.control); };
      return h('li', {}, h('a', { href: `#${field.control.id}`, onclick: go }, `${field.label} – `, h('span', { lang: 'en' }, detail)));
    });
    fill(this.#summary, h('h2', {}, t('faults_title')), h('ul', {}, items),
      problem.requestId && problem.status >= 500 && h('p', { class: 'quiet' }, t('request_id', { id: problem.requestId })));
    this.#summary.hidden = false;
    this.#summary.classList.remove('settled');
    this.#place(problem.errors);
    focus(this.#summary);
  }
}

let count = 0;
const unique = (name) => `${name.replace(/\W+/g, '-')}-${++count}`;

function frame(faults, { pointer, label, hint }, control, labelled) {
  const slot = h('p', { class: 'fault', id: `${control.id}-fault` });
  const said = hint && h('p', { class: 'hint', id: `${control.id}-hint` }, hint);
  if (said) control.setAttribute('aria-describedby', said.id);
  faults.add(pointer, label, control, slot);
  return labelled(said, slot);
}

// A label over an input, a select or a textarea.
export function field(faults, options, control) {
  control.id ||= unique(options.pointer);
  return frame(faults, options, control, (hint, slot) =>
    h('div', { class: `field ${options.class ?? ''}` }, h('label', { for: control.id }, options.label), hint, slot, control));
}

// A group of radio buttons: [[value, words, meaning], …].
export function choice(faults, options, name, choices, chosen, onchange) {
  const group = h('fieldset', { id: unique(options.pointer), class: 'field choice' });
  const radio = ([value, words, meaning]) => {
    const id = unique(`${name}-${value}`);
    return h('div', { class: 'option' },
      h('input', { type: 'radio', id, name, value, checked: value === chosen, onchange: () => onchange(value) }),
      h('label', { for: id }, h('span', { class: `word ${value}` }, words), meaning && h('span', { class: 'quiet' }, ` ${meaning}`)));
  };
  return frame(faults, options, group, (hint, slot) =>
    fill(group, h('legend', {}, options.label), hint, slot, h('div', { class: 'options' }, choices.map(radio))));
}

// A text of several lines that grows with what is written, as far as the browser can do that.
export const textarea = (value, rows, oninput, most) =>
  h('textarea', { rows: String(rows), value: value ?? '', oninput, maxlength: most ? String(most) : null });

export const input = (type, value, oninput, more) =>
  h('input', { type, value: value ?? '', oninput, autocomplete: 'off', ...more });
