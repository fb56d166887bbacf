// The interface's words in the language of the page, and dates and numbers as it writes them.

let words = {};
let statuses = {}; // the public pages' words, which came with the page
let language = 'en';

export async function loadWords() {
  language = document.documentElement.lang || 'en';
  const got = await fetch(`/staff/${language}.json`);
  if (!got.ok) throw new Error(`no words in ${language}`);
  words = await got.json();
  statuses = JSON.parse(document.getElementById('statuses').textContent);
}

// t('since_date', { date }): every {name} is replaced. A missing word is a fault of ours, and is shown.
export function t(name, values = {}) {
  const text = words[name];
  if (text === undefined) return `[${name}]`;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

export const statusWords = (status) => statuses[status]?.[0] ?? status;
export const statusMeaning = (status) => statuses[status]?.[1] ?? null;

// A day has no time zone: it is written as it stands.
export function day(date) {
  if (!/^\d{4}-\d\d-\d\d$/.test(date ?? '')) return date ?? '';
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

export function shortDay(date) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

export function moment(time) {
  if (!time) return '';
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
}

export function percent(value) {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(value / 100);
}

// Today where the plan is: a report of a day that has not come there is refused.
// ISO dates are how the service and <input type=date> write them.
export function today(timeZone) {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date());
}
