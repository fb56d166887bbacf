// One table of all objectives for who may edit: a cell is walked to with the arrows, opened with
// Enter, left with Enter, Tab or Esc; a row is saved by itself, against the revision that was read.

import { Problem, TRIES, etagOf, read, wait, write } from './api.js';
import { announce, fill, focus, h } from './dom.js';
import * as record from './record.js';
import { drop, keep, kept } from './session.js';
import { shortDay, t } from './words.js';

const ABOUT = 'table';
const ISO_DAY = /^\d{4}-\d\d-\d\d$/;
const FREQUENCIES = ['none', 'monthly', 'quarterly', 'semiannual', 'annual'];

const columnsFor = (departments) => [
  { name: 'lead_department', label: t('lead'), choices: [['', t('nobody')], ...departments.map((d) => [d.slug, d.name])] },
  { name: 'owner_role', label: t('owner_role'), type: 'text' },
  { name: 'start_on', label: t('start_on'), type: 'date' },
  { name: 'due_on', label: t('due_on'), type: 'date' },
  { name: 'update_frequency', label: t('frequency'), choices: FREQUENCIES.map((f) => [f, t(`frequency_${f}`)]) },
  { name: 'weight', label: t('weight'), type: 'text', mode: 'decimal' },
];

function spell(column, value) {
  if (value === null || value === undefined || value === '') return '–';
  if (column.choices) return column.choices.find(([v]) => v === value)?.[1] ?? value;
  return column.type === 'date' && ISO_DAY.test(value) ? shortDay(value) : String(value);
}

// From what was typed to what the service takes: nothing is null, a number is a number where it is one.
function taken(column, text) {
  const trimmed = text.trim();
  if (trimmed === '') return column.name === 'weight' ? trimmed : null;
  return column.name === 'weight' && /^\d+([.,]\d+)?$/.test(trimmed) ? Number(trimmed.replace(',', '.')) : trimmed;
}

class Row {
  constructor(grid, objective, memory) {
    this.grid = grid;
    this.take(memory?.read ?? objective);
    this.changes = memory?.changes ?? {};
    this.faults = new Map();
    this.element = h('tr', { role: 'row' });
    this.draw();
  }

  take(objective) { this.read = objective; }
  get code() { return this.read.code; }
  get isDirty() { return Object.keys(this.changes).length > 0; }
  value(name) { return name in this.changes ? this.changes[name] : this.read[name]; }

  set(column, value) {
    if (value === this.read[column.name]) delete this.changes[column.name];
    else this.changes[column.name] = value;
    this.faults.delete(column.name);
    this.draw();
    this.grid.remember();
  }

  undo() {
    this.changes = {};
    this.faults.clear();
    this.conflict = null;
    this.draw();
    this.grid.remember();
  }

  draw() {
    const { columns } = this.grid;
    this.element.classList.toggle('unsaved', this.isDirty);
    fill(this.element,
      h('th', { role: 'rowheader', scope: 'row' }, h('span', { class: 'code' }, this.code), h('span', { class: 'clip', lang: 'en' }, this.read.statement),
        this.isDirty && h('span', { class: 'mark' }, t('unsaved'))),
      columns.map((column, at) => this.cell(column, at)),
      h('td', { role: 'gridcell', class: 'row-actions' }, this.buttons()));
  }

  cell(column, at) {
    const fault = this.faults.get(column.name);
    const id = `fault-${this.code.replace('.', '-')}-${column.name}`;
    const theirs = this.conflict && this.conflict[column.name] !== this.value(column.name) && h('span', { class: 'theirs' }, t('theirs_is', { value: spell(column, this.conflict[column.name]) }));
    return h('td', {
      role: 'gridcell', tabindex: '-1', 'data-label': column.label, 'data-at': String(at), class: column.name in this.changes ? 'changed' : null,
      'aria-invalid': fault ? 'true' : null, 'aria-describedby': fault ? id : null, onclick: (event) => this.grid.clicked(event, this, at),
    }, h('span', { class: 'value' }, spell(column, this.value(column.name))), fault && h('span', { class: 'fault', id, lang: 'en' }, fault), theirs);
  }

  buttons() {
    if (this.conflict) return [
      h('p', { class: 'mark' }, t('row_conflict')),
      h('button', { type: 'button', class: 'small', onclick: () => this.settle(false) }, t('take_theirs')),
      h('button', { type: 'button', class: 'small', onclick: () => this.settle(true) }, t('keep_mine')),
    ];
    return this.isDirty && [
      h('button', { type: 'button', class: 'small primary', 'aria-label': t('save_row', { code: this.code }), onclick: () => this.save() }, t('save')),
      h('button', { type: 'button', class: 'small', 'aria-label': t('undo_row', { code: this.code }), onclick: () => { this.undo(); this.grid.walk(this, 0); } }, t('undo')),
      this.fault && h('p', { class: 'fault', lang: 'en' }, this.fault),
    ];
  }

  async save() {
    if (!this.isDirty || this.conflict) return;
    this.faults.clear();
    this.fault = null;
    try {
      const { doc } = await write('PATCH', `/objectives/${this.code}`, { body: this.changes, etag: etagOf(this.read) });
      this.take(doc);
      this.changes = {};
      announce(t('row_saved', { code: this.code }));
      record.forgetRecord();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      await this.refused(problem);
    }
    this.draw();
    this.grid.remember();
    this.grid.walk(this, this.firstFault());
  }

  async refused(problem) {
    if (problem.status === 412) {
      this.conflict = await this.newer();
      announce(t('row_conflict'));
      return;
    }
    for (const { pointer, detail } of problem.errors) this.faults.set(pointer?.slice(2), detail);
    if (!this.grid.columns.some((column) => this.faults.has(column.name))) this.fault = problem.isUnknown ? t('unreachable') : problem.message;
    announce([this.fault, ...this.faults.values()].filter(Boolean).join('; '));
  }

  // What made the service refuse; a copy that it kept for an outage may be older than that.
  async newer() {
    for (let tried = 1; ; tried++) {
      const { doc } = await read(`/objectives/${this.code}`);
      if (doc.revision > this.read.revision || tried === TRIES) return doc;
      await wait(tried * 300);
    }
  }

  firstFault() {
    return Math.max(0, this.grid.columns.findIndex((column) => this.faults.has(column.name)));
  }

  // Somebody else was faster: theirs, or mine on top of theirs.
  settle(isMine) {
    this.take(this.conflict);
    this.conflict = null;
    if (!isMine) this.changes = {};
    for (const name of Object.keys(this.changes)) if (this.changes[name] === this.read[name]) delete this.changes[name];
    this.draw();
    this.grid.remember();
    this.grid.walk(this, 0);
  }
}

class Grid {
  constructor(columns, objectives) {
    this.columns = columns;
    const memory = kept(ABOUT) ?? {};
    this.rows = objectives.filter((o) => !o.archived_at).map((o) => new Row(this, o, memory[o.code]));
    this.body = h('tbody', { role: 'rowgroup' }, this.rows.map((row) => row.element));
    this.saveAll = h('button', { type: 'button', class: 'primary', onclick: () => this.saveEvery() });
    this.element = h('table', { role: 'grid', class: 'plan', 'aria-labelledby': 'table-title', onkeydown: (event) => this.key(event) },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, h('th', { role: 'columnheader', scope: 'col' }, t('objective')),
        columns.map((column) => h('th', { role: 'columnheader', scope: 'col' }, column.label)), h('th', { role: 'columnheader', scope: 'col' }, t('row_actions')))),
      this.body);
    this.row = this.rows[0];
    this.at = 0;
    this.cellOf(this.row, 0)?.setAttribute('tabindex', '0');
    this.count();
  }

  cellOf(row, at) { return row?.element.querySelector(`[data-at="${at}"]`); }

  remember() {
    const dirty = this.rows.filter((row) => row.isDirty);
    if (dirty.length) keep(ABOUT, Object.fromEntries(dirty.map((row) => [row.code, { read: row.read, changes: row.changes }])));
    else drop(ABOUT);
    this.count();
  }

  count() {
    const dirty = this.rows.filter((row) => row.isDirty).length;
    this.saveAll.hidden = dirty < 2;
    fill(this.saveAll, t('save_all', { count: dirty }));
  }

  async saveEvery() {
    for (const row of this.rows.filter((one) => one.isDirty)) await row.save();
  }

  // One cell of the table is in the order of Tab; the arrows move it.
  walk(row, at) {
    this.cellOf(this.row, this.at)?.setAttribute('tabindex', '-1');
    this.row = row;
    this.at = at;
    const cell = this.cellOf(row, at);
    cell?.setAttribute('tabindex', '0');
    cell?.focus();
  }

  step(down, right) {
    const next = this.rows[this.rows.indexOf(this.row) + down];
    const at = this.at + right;
    if (next && at >= 0 && at < this.columns.length) this.walk(next, at);
  }

  clicked(event, row, at) {
    if (event.target.closest('input, select')) return;
    this.leave?.(true);
    this.walk(row, at);
    this.open();
  }

  key(event) {
    const cell = event.target.closest('td[data-at]');
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      this.leave?.(true);
      this.row.save();
    } else if (cell === event.target) {
      const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      if (moves[event.key]) this.step(...moves[event.key]);
      else if (event.key === 'Home') this.walk(this.row, 0);
      else if (event.key === 'End') this.walk(this.row, this.columns.length - 1);
      else if (event.key === 'Enter' || event.key === 'F2') this.open();
      else if (event.key === 'Escape' && this.row.isDirty) { this.row.undo(); this.walk(this.row, this.at); }
      else return;
      event.preventDefault();
    }
  }

  // The cell becomes a field. Enter takes what it holds and goes down, Tab goes right, Esc leaves it as it was.
  open() {
    const { row, at } = this;
    const column = this.columns[at];
    const cell = this.cellOf(row, at);
    const value = row.value(column.name) ?? '';
    const name = { 'aria-label': `${row.code}, ${column.label}` };
    const control = column.choices
      ? h('select', name, column.choices.map(([v, words]) => h('option', { value: v }, words)))
      : h('input', { ...name, type: column.type, inputmode: column.mode, autocomplete: 'off' });
    control.value = value;
    const leave = (takes) => {
      this.leave = null;
      if (takes && control.value !== String(value)) row.set(column, taken(column, control.value));
      else row.draw();
      this.walk(row, at);
    };
    this.leave = leave;
    control.addEventListener('keydown', (event) => {
      if (!['Enter', 'Escape', 'Tab'].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      leave(event.key !== 'Escape');
      if (event.key === 'Enter') this.step(1, 0);
      if (event.key === 'Tab') this.step(0, event.shiftKey ? -1 : 1);
    });
    // By then another cell may be open: who types fast leaves one and opens the next in less than a moment.
    control.addEventListener('blur', () => setTimeout(() => {
      if (this.leave !== leave || control.matches(':focus')) return;
      const { activeElement } = document;
      leave(true);
      if (activeElement.isConnected && activeElement !== document.body) activeElement.focus();
    }));
    fill(cell, control);
    control.focus();
    control.select?.();
  }
}

export async function showTable(main) {
  record.forgetRecord();
  const [departments, objectives] = await Promise.all([record.departments(), record.objectives()]);
  if (!main.isConnected) return;
  const grid = new Grid(columnsFor(departments), objectives);
  fill(main, h('section', { class: 'wide' },
    h('h1', { id: 'table-title', tabindex: '-1' }, t('table_title')),
    h('p', { class: 'quiet' }, t('table_lead')), addDepartment(main), grid.saveAll,
    h('div', { class: 'scroll', role: 'region', 'aria-labelledby': 'table-title', tabindex: '-1' }, grid.element)));
  document.title = `${t('table_title')} · ${t('title')}`;
  focus(main.querySelector('h1'));
}

// A department has to be there before it can lead.
function addDepartment(main) {
  const name = h('input', { id: 'department-name', type: 'text', autocomplete: 'off', maxlength: '200', 'aria-describedby': 'department-fault' });
  const fault = h('p', { class: 'fault', id: 'department-fault', role: 'alert' });
  const slug = () => name.value.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  async function submit(event) {
    event.preventDefault();
    fill(fault);
    try {
      await write('POST', '/departments', { body: { slug: slug(), name: name.value } });
      announce(t('department_added', { name: name.value }));
      await showTable(main);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      fill(fault, problem.isUnknown ? t('unreachable') : h('span', { lang: 'en' }, problem.errors[0]?.detail ?? problem.message));
      name.setAttribute('aria-invalid', 'true');
      name.focus();
    }
  }
  return h('details', { class: 'add' }, h('summary', {}, t('add_department')), h('form', { onsubmit: submit },
    h('div', { class: 'field' }, h('label', { for: 'department-name' }, t('department_name')), fault, name),
    h('button', { type: 'submit', class: 'small' }, t('add'))));
}
