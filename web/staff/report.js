// Writing a report: new, a correction of one that is out, or a draft that is there already. What is
// typed is kept in the tab until the service has it.

import { Problem, newIdempotencyKey, read, write } from './api.js';
import { blank, correctionOf, differences, fromUpdate, placesOf, toBody } from './content.js';
import { announce, fill, focus, h } from './dom.js';
import { editor } from './editor.js';
import { drawPreview, showPreview } from './preview.js';
import { drop, keep, kept, may } from './session.js';
import { t, today } from './words.js';

const CHECK_MS = 600;

// What the form is about: where it is kept, what it begins with, where it goes.
export function newReport(objective, plan) {
  return { about: `new:${objective.code}`, begin: blank(today(plan.time_zone)), method: 'POST', path: '/updates' };
}

export function correction(update) {
  return { about: `correct:${update.id}`, begin: correctionOf(update), method: 'POST', path: '/updates' };
}

export function revision(draft, etag) {
  return { about: `draft:${draft.id}`, begin: fromUpdate(draft), method: 'PUT', path: `/updates/${draft.id}`, etag, draft };
}

// The form with its buttons. `done(outcome, document)` is called with 'draft' or 'published'.
export function reportForm(objective, task, done) {
  const memory = kept(task.about) ?? {};
  const values = memory.values ?? structuredClone(task.begin);
  let etag = memory.values && task.draft ? memory.etag ?? task.etag : task.etag;
  let { attempt = null, pending = null } = memory;
  let isDirty = Boolean(memory.values);
  let timer = null;
  let checking = null;

  const state = h('p', { class: 'quiet state', role: 'status' });
  const panel = h('div', {});
  const { faults, element } = editor(objective, values, changed);
  const fields = h('fieldset', { class: 'bare' }, element);
  const saveButton = h('button', { type: 'submit' }, may('publish') ? t('save_draft') : t('submit_draft'));
  const publishButton = may('publish') && h('button', { type: 'button', class: 'primary far', onclick: () => publish() }, t('publish'));
  const form = h('form', { class: 'report', novalidate: true, onsubmit: (event) => { event.preventDefault(); save(); }, onkeydown: shortcut },
    faults.summary, panel, fields, state,
    h('div', { class: 'actions' }, saveButton, h('button', { type: 'button', onclick: () => preview() }, t('preview')),
      isDirty && h('button', { type: 'button', class: 'quiet-button', onclick: startOver }, t('start_over')), publishButton));

  const remember = () => keep(task.about, { values, etag, attempt, pending });
  const body = () => toBody(objective.code, values);
  const relocated = (problem) => {
    const place = placesOf(values);
    problem.errors = problem.errors.map((error) => ({ ...error, pointer: place(error.pointer) }));
    return problem;
  };

  function changed() {
    isDirty = true;
    remember();
    fill(state, t('kept_here'));
    clearTimeout(timer);
    timer = setTimeout(check, CHECK_MS);
  }

  // In the service's own words, while somebody types; silent where it cannot be asked.
  async function check() {
    checking?.abort();
    checking = new AbortController();
    if (!may('report') || pending) return;
    try {
      await write(task.method, `${task.path}?dry_run=true`, { body: body(), etag, signal: checking.signal, quick: true });
      faults.hint([]);
      fill(state, t('no_objection'));
    } catch (problem) {
      if (problem.status === 401) fill(state, t('key_gone'));
      if (problem.status !== 422) return;
      faults.hint(relocated(problem).errors);
      fill(state, t('objections', { count: problem.errors.length || 1 }));
    }
  }

  const draw = () => drawPreview({ method: task.method, path: task.path, etag, body: body() });
  const preview = () => attempting(async () => { await showPreview(await draw(), null); });

  // ---- sending ----

  // The same content goes out under the same key, however often: it is applied once.
  function attemptOf(method, path, content) {
    const said = JSON.stringify([method, path, content]);
    if (attempt?.said !== said) attempt = { said, key: newIdempotencyKey() };
    remember();
    return attempt.key;
  }

  async function post(path, content) {
    const request = { method: task.method, path, body: content, etag, idempotencyKey: attemptOf(task.method, path, content) };
    return settle(request);
  }

  async function settle(request) {
    pending = request;
    remember();
    try {
      const answer = await write(request.method, request.path, request);
      pending = null;
      return answer;
    } catch (problem) {
      if (!(problem instanceof Problem && problem.isUnknown)) pending = null;
      remember();
      throw problem;
    }
  }

  function busy(is) {
    form.setAttribute('aria-busy', String(is));
    for (const button of form.querySelectorAll('.actions button')) button.disabled = is;
  }

  async function attempting(act) {
    clearTimeout(timer);
    checking?.abort();
    faults.clear();
    busy(true);
    try {
      await act();
    } catch (problem) {
      refused(problem);
    } finally {
      busy(false);
    }
  }

  function finish(outcome, document) {
    drop(task.about);
    done(outcome, document);
  }

  const save = () => attempting(async () => {
    const path = task.draft || !may('publish') ? task.path : `${task.path}?state=draft`;
    finish('draft', (await post(path, body())).doc);
  });

  // Seen once more as the public will see it, then out: a draft's changes first, then the draft.
  const publish = () => attempting(async () => {
    if (!await showPreview(await draw(), t('publish_now'))) return;
    if (!task.draft) finish('published', (await post(task.path, body())).doc);
    else await publishDraft();
  });

  async function publishDraft() {
    if (isDirty) {
      const saved = await post(task.path, body());
      etag = saved.etag;
      isDirty = false;
      remember();
    }
    finish('published', (await write('POST', `${task.path}/publication`, { etag })).doc);
  }

  function startOver() {
    drop(task.about);
    done('again', null);
  }

  // ---- what went wrong ----

  function refused(problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.isUnknown && pending) showUnknown();
    else if (problem.status === 412 && task.draft) showConflict();
    else faults.show(problem.status === 0 ? Object.assign(problem, { message: t('unreachable') }) : relocated(problem));
  }

  // Nothing may be changed until it is known what became of it; the key makes the repetition safe.
  function showUnknown() {
    fields.disabled = true;
    for (const button of form.querySelectorAll('.actions button')) button.hidden = true;
    const again = h('button', { type: 'button', class: 'primary', onclick: repeat }, t('send_again'));
    fill(panel, h('div', { class: 'notice', role: 'alert', tabindex: '-1' }, h('h2', {}, t('unknown_title')), h('p', {}, t('unknown_text')), again));
    focus(panel.firstElementChild);

    async function repeat() {
      again.disabled = true;
      try {
        const { doc } = await settle(pending);
        finish(doc.state === 'published' ? 'published' : 'draft', doc);
      } catch (problem) {
        again.disabled = false;
        if (problem.isUnknown) { announce(t('unknown_title')); return; }
        unlock();
        refused(problem);
      }
    }
  }

  function unlock() {
    fields.disabled = false;
    fill(panel);
    for (const button of form.querySelectorAll('.actions button')) button.hidden = false;
  }

  // Somebody else revised the draft meanwhile: both versions, and whose stays.
  async function showConflict() {
    const theirs = await read(`${task.path}?state=draft`);
    const table = h('table', { class: 'versions' }, h('caption', {}, t('conflict_title')),
      h('thead', {}, h('tr', {}, [t('field'), t('mine'), t('theirs')].map((word) => h('th', { scope: 'col' }, word)))),
      h('tbody', {}, differences(values, fromUpdate(theirs.doc)).map(([label, mine, other]) => h('tr', {}, h('th', { scope: 'row' }, label), h('td', {}, mine), h('td', {}, other)))));
    const keepMine = () => { etag = theirs.etag; remember(); unlock(); focus(saveButton); };
    const takeTheirs = () => { drop(task.about); done('again', null); };
    fill(panel, h('div', { class: 'notice', role: 'alert', tabindex: '-1' }, h('p', {}, t('conflict_text')), table,
      h('div', { class: 'actions' }, h('button', { type: 'button', onclick: takeTheirs }, t('take_theirs')), h('button', { type: 'button', class: 'far', onclick: keepMine }, t('keep_mine')))));
    focus(panel.firstElementChild);
  }

  // Ctrl+S (⌘S) saves; publishing has no shortcut on purpose.
  function shortcut(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      if (!pending) save();
    }
  }

  if (!may('report')) fields.disabled = true;
  if (memory.values) fill(state, t('restored'));
  if (pending) form.addEventListener('shown', showUnknown, { once: true });
  return form;
}

