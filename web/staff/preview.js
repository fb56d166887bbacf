// A report exactly as the public will see it: the service draws it with the code that draws the
// public page, as the answer to a dry run. And the small questions that come before a decision.

import { Problem, write } from './api.js';
import { ask, fill, h } from './dom.js';
import { key } from './session.js';
import { t } from './words.js';

// What would be refused is not drawn: the service says first what is wrong with it.
export async function drawPreview(request) {
  await write(request.method, `${request.path}?dry_run=true`, request);
  return draw(request);
}

// The page's main part, as elements. XMLHttpRequest parses it without running anything; fetch gives
// text, which may not become markup here.
function draw({ method, path, etag, body }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, `${path}?dry_run=true&lang=${document.documentElement.lang}`);
    request.responseType = 'document';
    request.setRequestHeader('Accept', 'text/html');
    request.setRequestHeader('Authorization', `Bearer ${key()}`);
    request.setRequestHeader('Content-Type', 'application/json');
    if (etag) request.setRequestHeader('If-Match', etag);
    request.onload = () => {
      const main = request.response?.querySelector('main');
      if (request.status === 200 && main) resolve([...document.importNode(main, true).childNodes]);
      else reject(new Problem(request.status, { title: request.statusText }));
    };
    request.onerror = () => reject(new Problem(0, { code: 'unreachable' }));
    request.send(JSON.stringify(body));
  });
}

// Resolves to true when `decide` (a label) was chosen; it may only be looked at, too.
export function showPreview(drawn, decide) {
  return ask(t('preview_title'), (close) => {
    const seen = h('div', { class: 'preview' }, drawn);
    for (const link of seen.querySelectorAll('a')) link.target = '_blank';
    return [
      decide && h('p', {}, t('preview_lead')),
      seen,
      h('div', { class: 'actions' },
        h('button', { type: 'button', onclick: () => close(null) }, t('back')),
        decide && h('button', { type: 'button', class: 'primary far', onclick: (event) => { event.target.disabled = true; close(true); } }, decide)),
    ];
  });
}

// A question with one text to be given, sent from inside the dialog so that a refusal is shown there.
export function askText({ title, lead, label, button, act }) {
  return ask(title, (close) => {
    const fault = h('p', { class: 'fault', id: 'asked-fault', role: 'alert' });
    const text = h('textarea', { id: 'asked', rows: '3', maxlength: '2000', 'aria-describedby': 'asked-fault' });
    const send = h('button', { type: 'submit', class: 'primary' }, button);
    async function submit(event) {
      event.preventDefault();
      send.disabled = true;
      fill(fault);
      try {
        close(await act(text.value));
      } catch (problem) {
        fill(fault, problem.isUnknown ? t('unreachable') : h('span', { lang: 'en' }, problem.errors?.[0]?.detail ?? problem.message));
        text.setAttribute('aria-invalid', 'true');
        text.focus();
      } finally {
        send.disabled = false;
      }
    }
    return h('form', { onsubmit: submit }, lead && h('p', {}, lead),
      h('div', { class: 'field' }, h('label', { for: 'asked' }, label), fault, text),
      h('div', { class: 'actions' }, h('button', { type: 'button', onclick: () => close(null) }, t('cancel')), send));
  });
}

// Yes or no, where no is where the focus is.
export function askSure(title, lead, button) {
  return ask(title, (close) => [
    h('p', {}, lead),
    h('div', { class: 'actions' }, h('button', { type: 'button', autofocus: true, onclick: () => close(null) }, t('cancel')),
      h('button', { type: 'button', class: 'danger far', onclick: () => close(true) }, button)),
  ]);
}
