// The page for staff begins here: sign in, then the queue on the left and one thing at a time in the
// middle. Where one is stands in the address after "#"; the key never does.

import { Problem } from './api.js';
import { showDraft, showObjective } from './desk.js';
import { announce, fill, focus, h } from './dom.js';
import { askSure } from './preview.js';
import { listen, showKeys } from './keys.js';
import { markCurrent, neighbour, showQueue } from './queue.js';
import { forgetRecord } from './record.js';
import { dropAll, forget, key, may, unsent, whoAmI } from './session.js';
import { resume, showSignIn } from './signin.js';
import { showTable } from './table.js';
import { loadWords, t } from './words.js';

const main = document.getElementById('main');
const nav = h('nav', { id: 'queue', class: 'queue', 'aria-labelledby': 'queue-title' });
const header = h('header', { class: 'bar' });
const columns = h('div', { class: 'columns' });
const announcer = h('div', { id: 'announcer', class: 'unseen', role: 'status' });

// ---- where we are ----

const VIEWS = [
  [/^#\/objective\/(\d+\.\d+)$/, (stage, code) => showObjective(stage, app, code)],
  [/^#\/objective\/(\d+\.\d+)\/correct\/(\d+)$/, (stage, code, id) => showObjective(stage, app, code, id)],
  [/^#\/draft\/(\d+)$/, (stage, id) => showDraft(stage, app, id)],
  [/^#\/table$/, (stage) => showTable(stage)],
];

const app = {
  go(where) {
    if (location.hash === where) app.again();
    else location.hash = where;
  },
  again: () => show(),
  next(step) {
    const where = neighbour(step);
    if (where) app.go(where);
  },
  async trying(act) {
    try {
      await act();
    } catch (problem) {
      showProblem(problem);
    }
  },
};

function welcome(stage) {
  document.title = t('title');
  fill(stage, h('section', { class: 'card' }, h('h1', { tabindex: '-1' }, t('welcome')), h('p', {}, t('welcome_text')),
    may('edit') && h('p', {}, h('a', { href: '#/table' }, t('table_title')))));
  focus(stage.querySelector('h1'));
}

function showProblem(problem) {
  if (!(problem instanceof Problem)) throw problem;
  const said = problem.isUnknown ? t('unreachable') : h('span', { lang: 'en' }, problem.message);
  fill(main, h('section', { class: 'card' }, h('h1', { tabindex: '-1' }, t('problem_title')), h('p', {}, said),
    problem.requestId && h('p', { class: 'quiet' }, t('request_id', { id: problem.requestId })),
    h('button', { type: 'button', onclick: () => app.again() }, t('try_again'))));
  focus(main.querySelector('h1'));
}

let turns = 0;

// Each view has a stage of its own: one that comes late, after somebody went on, fills one that is gone.
async function show() {
  const turn = ++turns;
  const asked = location.hash;
  nav.setAttribute('aria-busy', 'true');
  const [pattern, view] = VIEWS.find(([one]) => one.test(asked)) ?? [];
  const stage = h('div', {}, h('p', { class: 'quiet' }, t('loading')));
  fill(main, stage);
  await app.trying(async () => {
    if (view) await view(stage, ...asked.match(pattern).slice(1));
    else welcome(stage);
  });
  await showQueue(nav).catch((problem) => {
    if (!(problem instanceof Problem)) throw problem; // the stage has said so already
  });
  if (turn === turns) nav.removeAttribute('aria-busy');
}

// ---- who is here ----

function showHeader() {
  const self = whoAmI();
  fill(header,
    h('p', { class: 'name' }, h('a', { href: '#/' }, t('title'))),
    h('p', { class: 'who' }, t('signed_in', { holder: self.holder, client: self.client }), ' ',
      h('span', { class: 'quiet' }, self.scopes.map((scope) => t(`scope_${scope}`)).join(', '), self.objectives && ` (${self.objectives.join(', ')})`)),
    h('div', { class: 'bar-actions' },
      h('button', { type: 'button', class: 'small', onclick: () => showKeys(shortcuts()) }, t('keys_title')),
      h('a', { href: '/' }, t('public_page')),
      h('button', { type: 'button', class: 'small', onclick: signOut }, t('sign_out'))));
}

async function signOut() {
  if (unsent().length && !await askSure(t('sign_out'), t('sign_out_unsent', { count: unsent().length }), t('sign_out_anyway'))) return;
  forget();
  dropAll();
  forgetRecord();
  nav.remove();
  header.remove();
  history.replaceState(null, '', location.pathname + location.search);
  await enterDesk();
}

function shortcuts() {
  return [
    ['j', t('key_next'), () => app.next(1)],
    ['k', t('key_previous'), () => app.next(-1)],
    ['q', t('key_queue'), () => focus(document.getElementById('queue-title'))],
    ['f', t('key_form'), () => focus(main.querySelector('form :is(input, textarea), [role=grid] [tabindex="0"]') ?? main.querySelector('h1'))],
    ...(may('edit') ? [['t', t('key_table'), () => app.go('#/table')]] : []),
    ['?', t('keys_title'), () => showKeys(shortcuts())],
  ];
}

// A link inside of the page moves the focus, and is no place to be. One to another language keeps the place.
function skipTo(event) {
  const other = event.target.closest('.languages a');
  if (other) other.hash = location.hash;
  const link = event.target.closest('a.skip');
  if (!link) return;
  event.preventDefault();
  focus(document.querySelector(link.getAttribute('href')));
}

// In the order in which it is read and walked through: who is here, what waits, the work, the languages.
function arrange() {
  if (!columns.isConnected) main.before(columns);
  columns.before(header);
  columns.append(nav, main);
  columns.after(document.querySelector('nav.languages'));
}

async function enterDesk() {
  main.classList.remove('starting');
  document.body.classList.remove('desk');
  let known = null;
  let reason = null;
  try {
    known = await resume(key());
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    reason = problem.isUnknown ? t('unreachable') : problem.message;
  }
  if (!known) await showSignIn(main, reason);
  document.body.classList.add('desk');
  showHeader();
  arrange();
  announce(t('signed_in', whoAmI()));
  await show();
}

async function start() {
  await loadWords();
  document.body.append(announcer);
  document.querySelector('a.skip')?.after(h('a', { class: 'skip', href: '#queue' }, t('skip_to_queue')));
  document.addEventListener('click', skipTo);
  addEventListener('hashchange', () => { markCurrent(nav); if (whoAmI()) show(); });
  listen(() => (whoAmI() ? shortcuts() : []));
  await enterDesk();
}

start();
