// What an update says, as the form holds it and as the service takes it.

import { statusWords, t } from './words.js';

export const STATUSES = ['not_started', 'on_track', 'at_risk', 'off_track', 'on_hold', 'completed', 'ongoing', 'cancelled'];

// What a status says about the percent: a number, none (null), or nothing (undefined).
const IMPLIED = { not_started: 0, completed: 100, ongoing: null, cancelled: null };
export const impliedPercent = (status) => IMPLIED[status];

const TEXTS = ['summary', 'details', 'next_steps', 'reason'];
const UNSEEN = ['service', 'external_id', 'source_updated_at', 'supersedes']; // kept as they came

export const LABELS = {
  kind: 'field_kind', as_of: 'field_as_of', status: 'field_status', percent_complete: 'field_percent', summary: 'field_summary',
  details: 'field_details', next_steps: 'field_next_steps', links: 'field_links', measurements: 'field_measurements', reason: 'field_reason',
};

export function blank(today) {
  return { kind: 'progress', as_of: today, status: null, percent_complete: '', summary: '', details: '', next_steps: '', reason: '', links: [], measurements: [] };
}

export function fromUpdate(update) {
  const values = { kind: update.kind, as_of: update.as_of, status: update.status, percent_complete: update.percent_complete ?? '', links: update.links.map(({ label, url }) => ({ label, url })) };
  for (const name of TEXTS) values[name] = update[name] ?? '';
  for (const name of UNSEEN) if (update[name] !== null && update[name] !== undefined) values[name] = update[name];
  values.measurements = update.measurements.map(({ measure, as_of, actual, target }) => ({ measure, as_of, actual, target }));
  return values;
}

// A correction of a published update says the same at first, and names what it takes the place of.
export function correctionOf(update) {
  const values = fromUpdate(update);
  delete values.external_id;
  delete values.source_updated_at;
  return { ...values, supersedes: update.id, reason: '' };
}

// A number where it is one; else as it was typed, so that the service says what is wrong with it.
function number(text) {
  const trimmed = String(text ?? '').trim().replace(/^([+-]?\d+),(\d+)$/, '$1.$2');
  if (trimmed === '') return null;
  return /^[+-]?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function measurementBody({ measure, as_of, actual, target }) {
  const said = { measure, actual: number(actual) };
  if (as_of) said.as_of = as_of;
  if (number(target) !== null) said.target = number(target);
  return said;
}

// The body of a report: what is empty is left out. Measurements without a value are none.
export function toBody(code, values) {
  const body = { objective: code, as_of: values.as_of, kind: values.kind, summary: values.summary };
  const percent = number(values.percent_complete);
  if (values.kind === 'progress') {
    if (values.status) body.status = values.status;
    if (percent !== null && impliedPercent(values.status) === undefined) body.percent_complete = percent;
  }
  for (const name of TEXTS.slice(1)) if (values[name]?.trim()) body[name] = values[name];
  const links = values.links.filter((link) => link.label.trim() || link.url.trim());
  const measured = values.measurements.filter((m) => number(m.actual) !== null);
  if (links.length) body.links = links;
  if (measured.length) body.measurements = measured.map(measurementBody);
  for (const name of UNSEEN) if (values[name] !== undefined) body[name] = values[name];
  return body;
}

// Faults name places in the body that was sent, where empty rows are left out: back to the form's.
export function placesOf(values) {
  const kept = (list, has) => list.map((item, at) => [item, at]).filter(([item]) => has(item)).map(([, at]) => at);
  const places = {
    links: kept(values.links, (link) => link.label.trim() || link.url.trim()),
    measurements: kept(values.measurements, (m) => number(m.actual) !== null),
  };
  return (pointer) => pointer?.replace(/^#\/(links|measurements)\/(\d+)/, (whole, list, at) => `#/${list}/${places[list][at] ?? at}`);
}

function spell(name, value) {
  if (value === null || value === undefined || value === '') return '–';
  if (name === 'status') return statusWords(value);
  if (name === 'kind') return t(`kind_${value}`);
  if (name === 'links') return value.map((link) => `${link.label}: ${link.url}`).join('\n') || '–';
  if (name === 'measurements') return value.map((m) => `${m.measure}: ${m.actual}`).join('\n') || '–';
  return String(value);
}

// Where two versions say different things: [[label, mine, theirs], …].
export function differences(mine, theirs) {
  return Object.keys(LABELS)
    .map((name) => [t(LABELS[name]), spell(name, mine[name]), spell(name, theirs[name])])
    .filter(([, one, other]) => one !== other);
}
