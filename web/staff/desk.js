// The middle of the page: one objective with its form, what was said last beside it, and what can be
// decided about drafts and published updates.

import { etagOf, write } from './api.js';
import { fill, focus, h } from './dom.js';
import { askSure, askText, drawPreview, showPreview } from './preview.js';
import * as record from './record.js';
import { correction, newReport, reportForm, revision } from './report.js';
import { drop, may } from './session.js';
import { day, moment, percent, statusWords, t } from './words.js';

let flash = null; // what was just done, shown once by the next view
export function tell(...content) { flash = content; }

function takeFlash() {
  const said = flash;
  flash = null;
  return said && h('div', { class: 'notice good', role: 'status', tabindex: '-1' }, said);
}

export const tag = (status) => h('span', { class: `tag ${status}` }, statusWords(status));

// The city's words are the city's: English whatever the page speaks.
const cityWords = (text) => h('p', { class: 'city', lang: 'en' }, text);

function standing(objective) {
  return h('p', {}, tag(objective.status),
    objective.percent_complete !== null && ` ${percent(objective.percent_complete)}`,
    objective.status_as_of && h('span', { class: 'quiet' }, ` ${t('as_of_date', { date: day(objective.status_as_of) })}`));
}

function heading(objective, title, departments) {
  const lead = departments.find((department) => department.slug === objective.lead_department);
  const facts = [
    [t('lead'), lead?.name], [t('owner_role'), objective.owner_role],
    [t('due_on'), objective.due_on && day(objective.due_on)],
    [t('next_update_due'), objective.next_update_due && day(objective.next_update_due)],
  ].filter(([, value]) => value);
  return h('header', { class: 'about' },
    h('p', { class: 'quiet' }, t('objective_code', { code: objective.code })),
    h('h1', { tabindex: '-1' }, title),
    cityWords(objective.statement),
    objective.description && cityWords(objective.description),
    objective.actions.length > 0 && h('details', {}, h('summary', {}, t('actions_count', { count: objective.actions.length })),
      h('ul', { lang: 'en' }, objective.actions.map((action) => h('li', {}, action.text)))),
    standing(objective),
    facts.length > 0 && h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))));
}

// ---- beside the form ----

function said(update) {
  return [
    update.status && h('p', {}, tag(update.status), update.percent_complete !== null && ` ${percent(update.percent_complete)}`),
    h('p', { class: 'words' }, update.summary),
    update.details && h('p', { class: 'words' }, update.details),
    update.next_steps && h('p', { class: 'words' }, h('strong', {}, `${t('field_next_steps')}: `), update.next_steps),
    update.links.length > 0 && h('ul', {}, update.links.map((link) => h('li', {}, h('a', { href: link.url, rel: 'noreferrer' }, link.label)))),
    update.reason && h('p', { class: 'words' }, h('strong', {}, `${t('field_reason')}: `), update.reason),
  ];
}

function entry(update, decide) {
  const stands = !update.superseded_by && !update.retraction;
  const note = update.retraction ? t('was_retracted', { reason: update.retraction.reason })
    : update.superseded_by ? t('was_corrected') : update.supersedes ? t('is_correction') : null;
  const about = { number: update.id, date: day(update.as_of) };
  return h('li', {},
    h('p', { class: 'quiet' }, h('a', { href: `/updates/${update.id}` }, t('update_of', about)), update.source && ` · ${update.source}`),
    note && h('p', { class: 'mark' }, note),
    said(update),
    stands && h('p', { class: 'small-actions' },
      may('report') && h('a', { href: `#/objective/${update.objective}/correct/${update.id}`, 'aria-label': t('correct_this', about) }, t('correct')),
      may('publish') && h('button', { type: 'button', class: 'link', 'aria-label': t('retract_this', about), onclick: () => decide.retract(update) }, t('retract'))));
}

function beside(objective, updates, decide) {
  const [last, ...earlier] = updates.data;
  return h('aside', { class: 'beside', 'aria-labelledby': 'beside-title' },
    h('h2', { id: 'beside-title' }, t('last_update')),
    last ? h('ol', { class: 'history' }, entry(last, decide)) : h('p', {}, t('no_update_yet')),
    earlier.length > 0 && h('details', {}, h('summary', {}, t('earlier_updates', { count: earlier.length })),
      h('ol', { class: 'history' }, earlier.map((update) => entry(update, decide)))),
    h('p', {}, h('a', { href: `/updates?objective=${objective.code}` }, t('whole_history'))));
}

// ---- views ----

// An objective's form: a new report, or a correction of one that is out.
export async function showObjective(main, app, code, corrected) {
  const [objective, updates, plan] = await Promise.all([record.objective(code), record.updatesOf(code), record.plan()]);
  const update = corrected && await record.update(corrected);
  const task = update ? correction(update) : newReport(objective, plan);
  const decide = { retract: (one) => retract(app, one) };
  const title = update ? t('correct_title', { date: day(update.as_of) }) : t('report_title');
  await show(main, objective, title, updates, decide,
    may('report') ? reportForm(objective, task, (outcome, doc) => finished(app, objective, outcome, doc)) : h('p', {}, t('no_report_scope')));
}

export async function showDraft(main, app, id) {
  const { doc, etag } = await record.draft(id);
  const [objective, updates] = await Promise.all([record.objective(doc.objective), record.updatesOf(doc.objective)]);
  const decide = { retract: (one) => retract(app, one) };
  await show(main, objective, t('draft_title'), updates, decide, [
    h('p', { class: 'quiet' }, t('draft_about', { source: doc.source ?? '–', time: moment(doc.created_at) })),
    doc.returned && h('div', { class: 'notice' }, h('h2', {}, t('returned_title', { time: moment(doc.returned.at) })), h('p', { class: 'words' }, doc.returned.comment)),
    reportForm(objective, revision(doc, etag), (outcome, made) => finished(app, objective, outcome, made, id)),
    decisions(app, objective, doc),
  ]);
}

async function show(main, objective, title, updates, decide, content) {
  const departments = await record.departments();
  if (!main.isConnected) return; // what is to be told belongs to who came later
  const notice = takeFlash();
  fill(main, h('div', { class: 'work' }, h('div', { class: 'middle' }, notice, heading(objective, title, departments), content), beside(objective, updates, decide)));
  document.title = `${objective.code} · ${title} · ${t('title')}`;
  focus(notice ?? main.querySelector('h1'));
  main.querySelector('form.report')?.dispatchEvent(new Event('shown'));
}

function finished(app, objective, outcome, doc, draftId) {
  if (outcome === 'again') return app.again();
  if (outcome === 'published') {
    tell(h('h2', {}, t('published_title')), h('p', {}, h('a', { href: `/updates/${doc.id}` }, t('see_published')), ' · ', nextLink(app)));
    return app.go(`#/objective/${objective.code}`);
  }
  tell(h('h2', {}, may('publish') ? t('draft_saved') : t('draft_submitted')), h('p', {}, may('publish') ? t('draft_saved_text') : t('draft_submitted_text'), ' ', nextLink(app)));
  return draftId ? app.again() : app.go(`#/draft/${doc.id}`);
}

const nextLink = (app) => h('a', { href: '#/', onclick: (event) => { event.preventDefault(); app.next(1); } }, t('next_in_queue'));

// ---- decisions ----

function decisions(app, objective, draft) {
  const back = (act) => () => app.trying(async () => { if (await act()) app.go(`#/objective/${objective.code}`); });
  return h('section', { class: 'decisions', 'aria-labelledby': 'decide-title' },
    h('h2', { id: 'decide-title' }, t('decide_title')),
    h('div', { class: 'actions' },
      !may('report') && may('publish') && h('button', { type: 'button', class: 'primary', onclick: back(() => publishAsIs(draft)) }, t('publish')),
      may('publish') && h('button', { type: 'button', onclick: () => app.trying(async () => { if (await sendBack(draft)) app.again(); }) }, t('return_draft')),
      h('button', { type: 'button', class: 'danger', onclick: back(() => discard(draft)) }, t('discard'))));
}

async function publishAsIs(draft) {
  const request = { method: 'POST', path: `/updates/${draft.id}/publication`, body: {}, etag: etagOf(draft) };
  if (!await showPreview(await drawPreview(request), t('publish_now'))) return false;
  const { doc } = await write(request.method, request.path, request);
  tell(h('h2', {}, t('published_title')), h('p', {}, h('a', { href: `/updates/${doc.id}` }, t('see_published'))));
  return true;
}

async function sendBack(draft) {
  const answer = await askText({
    title: t('return_draft'), lead: t('return_lead'), label: t('field_comment'), button: t('return_now'),
    act: (comment) => write('POST', `/updates/${draft.id}/return`, { body: { comment }, etag: etagOf(draft) }),
  });
  if (answer) tell(h('h2', {}, t('returned_done')));
  return answer;
}

async function discard(draft) {
  if (!await askSure(t('discard'), t('discard_sure'), t('discard_now'))) return false;
  await write('POST', `/updates/${draft.id}/discard`, { etag: etagOf(draft) });
  drop(`draft:${draft.id}`);
  tell(h('h2', {}, t('discarded_done')));
  return true;
}

async function retract(app, update) {
  const answer = await askText({
    title: t('retract_title', { date: day(update.as_of) }), lead: t('retract_lead'), label: t('field_reason'), button: t('retract_now'),
    act: (reason) => write('POST', `/updates/${update.id}/retraction`, { body: { reason } }),
  });
  if (!answer) return;
  tell(h('h2', {}, t('retracted_done')));
  app.again();
}
