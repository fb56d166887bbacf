// The form of one report: its fields, bound to the values that it holds.

import { Faults, choice, field, input, textarea } from './fields.js';
import { STATUSES, impliedPercent } from './content.js';
import { fill, focus, h } from './dom.js';
import { day, statusMeaning, statusWords, t } from './words.js';

const KINDS = ['progress', 'note'];

// values are changed in place; changed() is called after each change. Gives {element, faults}.
export function editor(objective, values, changed) {
  const faults = new Faults();
  const set = (name) => (event) => { values[name] = event.target.value; changed(); };
  const standing = h('div', { class: 'standing' });
  const reason = h('div', {});

  function showStanding() {
    faults.remove('#/status');
    faults.remove('#/percent_complete');
    fill(standing, values.kind === 'progress' && [statusChoice(), percentField()]);
  }

  function showReason() {
    faults.remove('#/reason');
    const needed = values.supersedes || values.reason || values.status === 'cancelled';
    fill(reason, needed && field(faults, { pointer: '#/reason', label: t('field_reason'), hint: t(values.supersedes ? 'hint_reason_correction' : 'hint_reason') },
      textarea(values.reason, 2, set('reason'), 2000)));
  }

  function kindChoice() {
    if (!KINDS.includes(values.kind)) return h('p', {}, t(`kind_${values.kind}`));
    return choice(faults, { pointer: '#/kind', label: t('field_kind') }, 'kind',
      KINDS.map((kind) => [kind, t(`kind_${kind}`), t(`kind_${kind}_hint`)]), values.kind,
      (kind) => { values.kind = kind; showStanding(); showReason(); changed(); });
  }

  function statusChoice() {
    return choice(faults, { pointer: '#/status', label: t('field_status') }, 'status',
      STATUSES.map((status) => [status, statusWords(status), statusMeaning(status)]), values.status,
      (status) => { values.status = status; showPercent(); showReason(); changed(); });
  }

  const percentSlot = h('div', {});
  function percentField() {
    showPercent();
    return percentSlot;
  }

  function showPercent() {
    const implied = impliedPercent(values.status);
    const hint = implied === undefined ? t('hint_percent') : implied === null ? t('hint_percent_none') : t('hint_percent_implied', { percent: implied });
    const control = input('text', implied === undefined ? values.percent_complete : implied, set('percent_complete'),
      { inputmode: 'decimal', class: 'short', disabled: implied !== undefined });
    faults.remove('#/percent_complete');
    fill(percentSlot, field(faults, { pointer: '#/percent_complete', label: t('field_percent'), hint }, control));
  }

  showStanding();
  showReason();
  return {
    faults,
    element: [
      kindChoice(),
      field(faults, { pointer: '#/as_of', label: t('field_as_of'), hint: t('hint_as_of') }, input('date', values.as_of, set('as_of'), { class: 'short' })),
      standing,
      field(faults, { pointer: '#/summary', label: t('field_summary'), hint: t('hint_summary') }, textarea(values.summary, 2, set('summary'), 500)),
      reason,
      field(faults, { pointer: '#/details', label: t('field_details'), hint: t('hint_details') }, textarea(values.details, 4, set('details'), 10000)),
      field(faults, { pointer: '#/next_steps', label: t('field_next_steps') }, textarea(values.next_steps, 2, set('next_steps'), 2000)),
      measurements(faults, objective, values, changed),
      links(faults, values, changed),
    ],
  };
}

// One value for each measure that the objective has; what a draft measured beside them stays.
function measurements(faults, objective, values, changed) {
  const measures = objective.measures ?? [];
  for (const measure of measures)
    if (!values.measurements.some((m) => m.measure === measure.slug)) values.measurements.push({ measure: measure.slug, actual: '' });
  if (!values.measurements.length) return null;
  const rows = values.measurements.map((value, at) => {
    const measure = measures.find((m) => m.slug === value.measure);
    const latest = measure?.latest;
    const hint = [measure?.unit, latest && t('hint_measure', { value: latest.actual, date: day(latest.as_of) })].filter(Boolean).join('; ');
    const oninput = (event) => { value.actual = event.target.value; changed(); };
    return field(faults, { pointer: `#/measurements/${at}`, label: measure?.name ?? value.measure, hint: hint || null },
      input('text', value.actual, oninput, { inputmode: 'decimal', class: 'short' }));
  });
  return h('fieldset', { class: 'group' }, h('legend', {}, t('field_measurements')), rows);
}

// As many as there are sources: a row each, of a label and an address.
function links(faults, values, changed) {
  const list = h('div', {});
  const add = h('button', { type: 'button', class: 'small', onclick: () => { values.links.push({ label: '', url: '' }); show(); changed(); focus(list.lastElementChild.querySelector('input')); } }, t('add_link'));

  function row(link, at) {
    const set = (name) => (event) => { link[name] = event.target.value; changed(); };
    const remove = () => { values.links.splice(at, 1); show(); changed(); focus(add); };
    return h('div', { class: 'pair', role: 'group', 'aria-label': t('link_number', { number: at + 1 }) },
      field(faults, { pointer: `#/links/${at}/label`, label: t('field_link_label') }, input('text', link.label, set('label'), { maxlength: '200' })),
      field(faults, { pointer: `#/links/${at}/url`, label: t('field_link_url') }, input('url', link.url, set('url'), { inputmode: 'url' })),
      h('button', { type: 'button', class: 'small', onclick: remove }, t('remove_link', { number: at + 1 })));
  }

  function show() {
    faults.remove('#/links/');
    fill(list, values.links.map(row));
  }

  show();
  return h('fieldset', { class: 'group' }, h('legend', {}, t('field_links')), h('p', { class: 'hint' }, t('hint_links')), list, add);
}
