// What waits, on the left: why, since when, and where to begin; below it every objective.

import { fill, h } from './dom.js';
import * as record from './record.js';
import { may, unsent } from './session.js';
import { day, t } from './words.js';

// What somebody can act on first; what waits without an end comes last, closed.
const REASONS = ['returned', 'draft', 'overdue', 'stale', 'due', 'contradictory', 'silent', 'ownerless'];
const CLOSED = ['ownerless', 'silent'];

let department = '';
let links = []; // in the order in which they stand
let asked = 0;

const target = (item) => (item.draft ? `#/draft/${item.draft}` : item.objective ? `#/objective/${item.objective}` : null);

// "new:7.1", "correct:17", "draft:18", "table": where that text is being written.
async function unsentLink(about) {
  const [kind, id] = about.split(':');
  if (kind === 'draft') return [`#/draft/${id}`, t('unsent_draft', { number: id })];
  if (kind === 'table') return ['#/table', t('table_title')];
  if (kind === 'new') return [`#/objective/${id}`, t('objective_code', { code: id })];
  const update = await record.update(id);
  return [`#/objective/${update.objective}/correct/${id}`, t('unsent_correction', { code: update.objective })];
}

function itemOf(item) {
  const where = target(item);
  const content = [
    h('span', { class: 'code' }, item.objective ?? item.source),
    item.statement && h('span', { class: 'clip', lang: 'en' }, item.statement),
    h('span', { class: 'quiet' }, item.since && `${t('since_date', { date: day(item.since) })}: `, h('span', { lang: 'en' }, item.detail)),
  ];
  return h('li', {}, where ? h('a', { href: where }, content) : h('div', {}, content));
}

function group(reason, items) {
  return h('details', { open: !CLOSED.includes(reason), class: 'waiting' },
    h('summary', {}, t(`reason_${reason}`), ' ', h('span', { class: 'count' }, items.length)),
    h('ul', {}, items.map(itemOf)));
}

function departmentFilter(departments, refresh) {
  if (!departments.length) return null;
  const select = h('select', { id: 'queue-department', onchange: () => { department = select.value; refresh(); } },
    h('option', { value: '' }, t('all_departments')), departments.map((d) => h('option', { value: d.slug }, d.name)));
  select.value = department;
  return h('div', { class: 'field' }, h('label', { for: 'queue-department' }, t('department')), select);
}

function allObjectives(objectives) {
  const list = h('ul', {});
  const show = (text) => fill(list, objectives
    .filter((o) => `${o.code} ${o.statement}`.toLowerCase().includes(text.toLowerCase()))
    .map((o) => h('li', {}, h('a', { href: `#/objective/${o.code}` }, h('span', { class: 'code' }, o.code), h('span', { class: 'clip', lang: 'en' }, o.statement)))));
  const search = h('input', { type: 'search', id: 'find-objective', autocomplete: 'off', oninput: () => show(search.value) });
  show('');
  return h('details', { class: 'waiting' }, h('summary', {}, t('all_objectives'), ' ', h('span', { class: 'count' }, objectives.length)),
    h('div', { class: 'field' }, h('label', { for: 'find-objective' }, t('find_objective')), search), list);
}

// A name for where somebody stands in it.
function place(nav) {
  const { activeElement } = document;
  if (!nav.contains(activeElement)) return null;
  return activeElement.id ? `#${activeElement.id}` : `a[href="${activeElement.getAttribute('href')}"]`;
}

export async function showQueue(nav) {
  const turn = ++asked;
  const again = async () => {
    await showQueue(nav);
    nav.querySelector('#queue-department').focus();
  };
  const [items, departments, objectives] = await Promise.all([record.queue(department), record.departments(), record.objectives()]);
  const written = await Promise.all(unsent().map((about) => unsentLink(about).catch(() => null)));
  const unsentItems = written.filter(Boolean).map(([href, text]) => h('li', {}, h('a', { href }, text)));
  if (turn !== asked) return; // one that was asked for later has come, or will
  const open = nav.querySelector('details.all')?.open;
  const held = place(nav);
  fill(nav,
    h('h2', { id: 'queue-title', tabindex: '-1' }, t('queue_title')),
    departmentFilter(departments, again),
    unsentItems.length > 0 && h('div', { class: 'unsent' }, h('h3', {}, t('unsent_title')), h('ul', {}, unsentItems)),
    items.length === 0 && h('p', {}, t('queue_empty')),
    REASONS.map((reason) => [reason, items.filter((item) => item.reason === reason)])
      .filter(([, of]) => of.length).map(([reason, of]) => group(reason, of)),
    Object.assign(allObjectives(objectives), { open: open ?? items.length === 0 }),
    may('edit') && h('p', {}, h('a', { href: '#/table' }, t('table_title'))));
  nav.querySelector('details:last-of-type').classList.add('all');
  links = [...nav.querySelectorAll('.waiting:not(.all) a')].map((a) => a.getAttribute('href'));
  markCurrent(nav);
  if (held) nav.querySelector(held)?.focus();
}

// Which of them is being worked on.
export function markCurrent(nav) {
  for (const link of nav.querySelectorAll('a')) {
    if (link.getAttribute('href') === location.hash) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}

// The one after (or before) what is open now; the first where none is.
export function neighbour(step) {
  if (!links.length) return null;
  const at = links.indexOf(location.hash);
  return links[at < 0 ? 0 : (at + step + links.length) % links.length];
}
