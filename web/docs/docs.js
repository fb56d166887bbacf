// The search of /docs without a new page for each letter; with Enter the service searches, in more than is shown here.
'use strict';
(() => {
  const box = document.querySelector('#q');
  const found = document.querySelector('#found');
  if (!box || !document.querySelector('#all')) return;
  const items = [...document.querySelectorAll('.tag-list li')];
  const all = found.textContent;

  const filter = () => {
    const words = box.value.toLowerCase().split(' ').filter(Boolean);
    const fits = (item) => words.every((word) => item.textContent.toLowerCase().includes(word));
    for (const item of items) item.hidden = !fits(item);
    for (const list of document.querySelectorAll('.tag-list')) list.hidden = !list.querySelector('li:not([hidden])');
    const shown = items.filter((item) => !item.hidden).length;
    found.textContent = words.length
      ? `${shown} of ${items.length} operations have it in their names. Enter searches in what is said of them too.`
      : all;
  };
  box.addEventListener('input', filter);
  if (box.value) filter();
})();
