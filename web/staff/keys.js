// Single-key shortcuts, where no text is being typed. They can be turned off (WCAG 2.1.4), which the
// browser remembers; nothing else is kept outside of the tab.

import { ask, h } from './dom.js';
import { t } from './words.js';

const SWITCH = 'staff.shortcuts';
export const areOn = () => localStorage.getItem(SWITCH) !== 'off';

// [key, what it does in words, what it does]; main.js says which there are now.
export function listen(shortcutsNow) {
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, select, textarea, dialog, [contenteditable]');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
    const found = shortcutsNow().find(([key]) => key === event.key);
    if (!found) return;
    event.preventDefault();
    found[2]();
  });
}

export function showKeys(shortcuts) {
  const always = [['Ctrl + S', t('key_save')], ['Esc', t('key_escape')]];
  const row = ([key, word]) => h('tr', {}, h('th', { scope: 'row' }, h('kbd', {}, key)), h('td', {}, word));
  return ask(t('keys_title'), (close) => {
    const box = h('input', { type: 'checkbox', id: 'keys-on', checked: areOn(), onchange: () => localStorage.setItem(SWITCH, box.checked ? 'on' : 'off') });
    return [
      h('table', {}, h('tbody', {}, shortcuts.map(row), always.map(row))),
      h('p', {}, t('keys_table')),
      h('p', { class: 'option' }, box, h('label', { for: 'keys-on' }, t('keys_switch'))),
      h('div', { class: 'actions' }, h('button', { type: 'button', onclick: () => close(null) }, t('close'))),
    ];
  });
}
