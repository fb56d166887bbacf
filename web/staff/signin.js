// Signing in: a form of a name and a password, so that password managers keep the key and fill it in.

import { Problem, onExpired, read } from './api.js';
import { ask, fill, focus, h } from './dom.js';
import { enter, forget } from './session.js';
import { t } from './words.js';

// The fields and what is wrong with them. `done` is called once the service knows the key.
function form(reason, done, cancel) {
  const name = h('input', { id: 'signin-name', name: 'username', type: 'text', autocomplete: 'username', spellcheck: 'false' });
  const password = h('input', {
    id: 'signin-key', name: 'password', type: 'password', autocomplete: 'current-password', required: true,
    'aria-describedby': 'signin-hint signin-fault',
  });
  const fault = h('p', { id: 'signin-fault', class: 'fault', role: 'alert' }, reason ?? '');
  const button = h('button', { type: 'submit', class: 'primary' }, t('sign_in'));

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    fill(fault);
    password.removeAttribute('aria-invalid');
    const text = password.value.trim();
    try {
      const { doc } = await read('/keys/self', { as: text || 'none' });
      enter(text, doc);
      done(doc);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      fill(fault, problem.isUnknown ? t('unreachable') : [t('sign_in_refused'), ' ', h('span', { lang: 'en' }, problem.message)]);
      password.setAttribute('aria-invalid', 'true');
      password.focus();
    } finally {
      button.disabled = false;
    }
  }

  return h('form', { method: 'post', action: '/staff', class: 'signin', onsubmit: submit },
    h('div', { class: 'field' }, h('label', { for: 'signin-name' }, t('sign_in_name')), h('p', { class: 'hint' }, t('sign_in_name_hint')), name),
    h('div', { class: 'field' }, h('label', { for: 'signin-key' }, t('sign_in_key')),
      h('p', { id: 'signin-hint', class: 'hint' }, t('sign_in_key_hint')), fault, password),
    h('div', { class: 'actions' }, button, cancel && h('button', { type: 'button', onclick: cancel }, t('cancel'))));
}

// The whole page, before anything else.
export function showSignIn(main, reason) {
  return new Promise((resolve) => {
    document.title = t('title');
    fill(main, h('section', { class: 'signing narrow' }, h('h1', {}, t('title')), h('p', {}, t('sign_in_lead')), form(reason, resolve)));
    if (reason) focus(document.getElementById('signin-key'));
  });
}

// Is the key that this tab still has any good? Null where it has none.
export async function resume(text) {
  if (!text) return null;
  try {
    const { doc } = await read('/keys/self', { as: text });
    enter(text, doc);
    return doc;
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    forget();
    return null;
  }
}

// In place, over what is being written: one question for all requests that wait for its answer.
let asking = null;
export function askAgain() {
  asking ??= ask(t('sign_in_again'), (close) => [
    h('p', {}, t('sign_in_again_lead')),
    form(null, () => close(true), () => close(false)),
  ]).finally(() => { asking = null; });
  return asking.then(Boolean);
}

onExpired(askAgain);
