/* <cerritos-progress goal="7">, or objective="5.5", or neither for the whole plan. */

/* As in web/words/. */
const WORDS = {
  "en": {
    "goal": "Goal {name}",
    "objective": "Objective {name}",
    "progress": "{percent} complete",
    "reported": "At least {percent} ({reported} of {total} reported)",
    "progress_none": "No percent has been reported yet",
    "latest": "Latest update: {date}",
    "as_of": "As of {time}",
    "stale": "Showing the state of {time}; the connection is being retried.",
    "demo": "Demonstration data: nothing here was reported by the city.",
    "unofficial": "Unofficial translation. In the city's own words:",
    "count": "{status}: {number}",
    "off_track": "Off track",
    "at_risk": "At risk",
    "on_hold": "On hold",
    "on_track": "On track",
    "completed": "Completed",
    "ongoing": "Ongoing",
    "not_started": "Not started",
    "cancelled": "Cancelled",
    "no_information": "Not yet reported"
  },
  "ko": {
    "goal": "목표 {name}",
    "objective": "세부 목표 {name}",
    "progress": "{percent} 완료",
    "reported": "{percent} 이상 ({total}개 중 {reported}개 보고)",
    "progress_none": "아직 보고된 완료율이 없습니다",
    "latest": "최근 업데이트: {date}",
    "as_of": "{time} 기준",
    "stale": "{time} 기준 상태입니다. 다시 연결하고 있습니다.",
    "demo": "시연용 데이터입니다. 시에서 보고한 것이 아닙니다.",
    "unofficial": "비공식 번역입니다. 시의 원문:",
    "count": "{status}: {number}",
    "off_track": "크게 지연됨",
    "at_risk": "지연 우려",
    "on_hold": "보류",
    "on_track": "계획대로 진행 중",
    "completed": "완료",
    "ongoing": "지속 추진",
    "not_started": "시작 전",
    "cancelled": "취소됨",
    "no_information": "아직 보고 없음"
  },
  "zh-Hans": {
    "goal": "目标{name}",
    "objective": "具体目标{name}",
    "progress": "已完成{percent}",
    "reported": "至少{percent}（{total}项中{reported}项已报告）",
    "progress_none": "尚未报告百分比",
    "latest": "最新更新：{date}",
    "as_of": "截至{time}",
    "stale": "显示的是{time}的状态；正在重新连接。",
    "demo": "演示数据：均非市政府所报告。",
    "unofficial": "非官方译文。市政府原文：",
    "count": "{status}：{number}",
    "off_track": "严重滞后",
    "at_risk": "有延误风险",
    "on_hold": "暂停",
    "on_track": "按计划进行",
    "completed": "已完成",
    "ongoing": "持续进行",
    "not_started": "尚未开始",
    "cancelled": "已取消",
    "no_information": "尚未报告"
  },
  "zh-Hant": {
    "goal": "目標{name}",
    "objective": "具體目標{name}",
    "progress": "已完成{percent}",
    "reported": "至少{percent}（{total}項中{reported}項已回報）",
    "progress_none": "尚未回報百分比",
    "latest": "最新更新：{date}",
    "as_of": "截至{time}",
    "stale": "顯示的是{time}的狀態；正在重新連線。",
    "demo": "示範資料：均非市政府所回報。",
    "unofficial": "非官方譯文。市政府原文：",
    "count": "{status}：{number}",
    "off_track": "嚴重落後",
    "at_risk": "有延誤風險",
    "on_hold": "暫停",
    "on_track": "按計畫進行",
    "completed": "已完成",
    "ongoing": "持續進行",
    "not_started": "尚未開始",
    "cancelled": "已取消",
    "no_information": "尚未回報"
  },
  "tl": {
    "goal": "Mithiin {name}",
    "objective": "Layunin {name}",
    "progress": "{percent} ang tapos na",
    "reported": "Hindi bababa sa {percent} ({reported} sa {total} ang nag-ulat)",
    "progress_none": "Wala pang naiulat na porsiyento",
    "latest": "Pinakabagong update: {date}",
    "as_of": "Noong {time}",
    "stale": "Ipinapakita ang kalagayan noong {time}; sinusubukang kumonekta muli.",
    "demo": "Datos na pang-demonstrasyon lamang: wala rito ang iniulat ng lungsod.",
    "unofficial": "Hindi opisyal na salin. Sa sariling pananalita ng lungsod:",
    "count": "{status}: {number}",
    "off_track": "Malayo sa plano",
    "at_risk": "Nanganganib maantala",
    "on_hold": "Naka-hold",
    "on_track": "Ayon sa plano",
    "completed": "Tapos na",
    "ongoing": "Tuloy-tuloy",
    "not_started": "Hindi pa nasisimulan",
    "cancelled": "Kinansela",
    "no_information": "Wala pang ulat"
  },
  "es": {
    "goal": "Meta {name}",
    "objective": "Objetivo {name}",
    "progress": "{percent} completado",
    "reported": "Al menos {percent} ({reported} de {total} con informe)",
    "progress_none": "Todavía no se ha informado ningún porcentaje",
    "latest": "Última actualización: {date}",
    "as_of": "A fecha de {time}",
    "stale": "Se muestra el estado de {time}; se está reintentando la conexión.",
    "demo": "Datos de demostración: la ciudad no ha informado nada de esto.",
    "unofficial": "Traducción no oficial. En palabras de la propia ciudad:",
    "count": "{status}: {number}",
    "off_track": "Muy retrasado",
    "at_risk": "En riesgo",
    "on_hold": "En pausa",
    "on_track": "Según lo previsto",
    "completed": "Completado",
    "ongoing": "Permanente",
    "not_started": "No iniciado",
    "cancelled": "Cancelado",
    "no_information": "Aún sin informe"
  }
};

/* As in src/view/shape.c. */
const SHAPES = {
  off_track: 'M3 1l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z',
  at_risk: 'M8 1l7.5 14H.5z',
  on_hold: 'M3 1h4v14H3zM9 1h4v14H9z',
  on_track: 'M8 1a7 7 0 1 0 .01 0z',
  completed: 'M6 14L0 8l2.5-2.5L6 9l7.5-7.5L16 4z',
  ongoing: 'M2 1l13 7-13 7z',
  not_started: 'M8 1a7 7 0 1 0 .01 0zm0 3a4 4 0 1 1-.01 0z',
  cancelled: 'M1 6h14v4H1z',
  no_information: 'M1 6h4v4H1zM6 6h4v4H6zM11 6h4v4h-4z',
};

/* Colours hold 3:1 on white and on black. */
const STYLE = `
:host { display: block; min-inline-size: min(100%, 16em); line-height: 1.5; overflow-wrap: anywhere }
:host([hidden]) { display: none }
[part=card] { container-type: inline-size }
[lang=ko] { word-break: keep-all }
p, ul, [part=bar] { margin: 0 0 .25em; padding: 0 }
a { color: inherit }
a:focus-visible { outline: 3px solid; outline-offset: 2px }
[part=facts] { min-block-size: var(--space) }
[part=bar] { display: block; box-sizing: border-box; inline-size: 100%; block-size: .75em;
  border: 1px solid; border-radius: 1em; background: var(--cerritos-track, none); fill: var(--cerritos-bar, #1a7fb8) }
[part=percent], [part=demo] { font-weight: bold }
ul { display: flex; flex-wrap: wrap; column-gap: 1em; list-style: none }
li svg { inline-size: .75em; block-size: .75em; margin-inline-end: .4em; fill: var(--cerritos-quiet, #6f7780) }
[part~=on_track] svg, [part~=completed] svg, [part~=ongoing] svg { fill: var(--cerritos-good, #23884a) }
[part~=at_risk] svg, [part~=on_hold] svg { fill: var(--cerritos-warn, #b86e00) }
[part~=off_track] svg { fill: var(--cerritos-bad, #d23f31) }
.plan { --space: 20em } .goal { --space: 16em } .objective { --space: 11em }
@container (min-width: 30em) { .plan { --space: 14em } .goal { --space: 11em } .objective { --space: 9.5em } }
@container (min-width: 50em) { .plan, .goal { --space: 9.5em } .objective { --space: 8em } }
@media (forced-colors: active) { svg { fill: CanvasText !important } }`;

const LEAST = 5, EVERY = 60, MOST = 600, DAY = 86400; /* seconds */

/* One document, asked for once for all elements. */
class Source {
  static all = new Map();
  readers = new Set();
  failures = 0;
  due = 0;

  static join(url, reader) {
    const source = Source.all.get(url) || Object.assign(new Source(), {url});
    Source.all.set(url, source);
    source.readers.add(reader);
    source.wait();
    return source;
  }

  leave(reader) {
    this.readers.delete(reader);
    this.wait();
    if (!this.readers.size) Source.all.delete(this.url);
  }

  /* A hidden page does not ask. */
  wait() {
    clearTimeout(this.timer);
    if (!document.hidden && this.readers.size && !this.busy)
      this.timer = setTimeout(() => this.ask(), this.due - Date.now());
  }

  async ask() {
    let later = 0;
    this.busy = true;
    try {
      const answer = await fetch(this.url, {cache: 'no-cache', signal: AbortSignal.timeout?.(15e3)});
      later = Number(answer.headers.get('Retry-After')) || 0;
      await this.take(answer);
      this.failures = 0;
    } catch {
      this.failures++;
    }
    const every = Math.min(...[...this.readers].map((reader) => reader.interval));
    const pause = Math.min(every * 2 ** this.failures, Math.max(every, MOST)) * (1 - Math.random() / 10);
    this.due = Date.now() + 1000 * Math.min(Math.max(pause, later), DAY);
    this.busy = false;
    this.readers.forEach((reader) => reader.show());
    this.wait();
  }

  /* A browser keeps an old Age beside a 304 that has none; a real one has grown. */
  async take(answer) {
    if (!answer.ok) throw answer.status;
    const tag = answer.headers.get('ETag'), age = Number(answer.headers.get('Age'));
    if (!tag || tag !== this.tag) this.doc = await answer.json();
    this.tag = tag;
    this.at = Date.now() - (age === this.age ? 0 : 1000 * age);
    this.age = age;
  }
}

document.addEventListener('visibilitychange', () => Source.all.forEach((source) => source.wait()));

function language(tag) {
  const [name, ...rest] = tag.toLowerCase().split('-');
  if (name === 'zh') return rest.some((part) => /^(hant|tw|hk|mo)$/.test(part)) ? 'zh-Hant' : 'zh-Hans';
  return name === 'fil' ? 'tl' : name in WORDS ? name : 'en';
}

const fill = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);
const time = (lang, at, options) => new Intl.DateTimeFormat(lang, options).format(new Date(at));

const share = (lang, percent) =>
  new Intl.NumberFormat(lang, {style: 'percent', maximumFractionDigits: 1}).format(percent / 100);

const FIND = {
  objective: (doc) => ({...doc, name: doc.code, percent: doc.percent_complete, latest: doc.latest_update?.as_of}),
  goal: (doc, number) => {
    const goal = doc.goals.find((one) => `${one.number}` === number);
    return {...goal, name: number, demo: doc.demo, latest: goal.latest_update_on};
  },
  plan: (doc) => ({...doc, ...doc.progress, statement: doc.title, latest: doc.last_update?.as_of, links: {self: '/'}}),
};

let sheet;

function make(name, attributes, ...children) {
  const drawn = /svg|path|rect/.test(name) ? '2000/svg' : '1999/xhtml';
  const node = document.createElementNS(`http://www.w3.org/${drawn}`, name);
  Object.entries(attributes).forEach((pair) => node.setAttribute(...pair));
  node.append(...children);
  return node;
}

const drawing = (attributes, shape) => make('svg', {...attributes, 'aria-hidden': true}, shape);
const line = (part, ...children) => make('p', {part}, ...children);

function statusItem(words, status, number) {
  const shape = drawing({viewBox: '0 0 16 16'}, make('path', {d: SHAPES[status]}));
  const text = number ? fill(words.count, {status: words[status], number}) : words[status];
  return make('li', {part: `status ${status}`}, shape, text);
}

customElements.get('cerritos-progress') || customElements.define('cerritos-progress', class extends HTMLElement {
  static observedAttributes = ['goal', 'objective', 'plan', 'service', 'interval', 'lang'];

  get kind() {
    return ['objective', 'goal'].find((name) => this.hasAttribute(name)) || 'plan';
  }

  get interval() {
    return Math.max(LEAST, Number(this.getAttribute('interval')) || EVERY);
  }

  get language() {
    return language((this.closest('[lang]') || document.documentElement).lang);
  }

  get service() {
    return new URL(this.getAttribute('service') || new URL('.', import.meta.url), document.baseURI).href.replace(/\/*$/, '/');
  }

  get url() {
    const code = this.getAttribute('objective'), plan = this.getAttribute('plan');
    const url = new URL(code === null ? 'summary' : `objectives/${encodeURIComponent(code)}`, this.service);
    if (code !== null) url.searchParams.set('include', 'latest_update');
    if (plan) url.searchParams.set('plan', plan);
    if (this.language !== 'en') url.searchParams.set('lang', this.language);
    return url.href;
  }

  connectedCallback() {
    try { /* else what stands inside stays */
      if (!this.card) this.build();
      this.follow();
    } catch { }
  }

  disconnectedCallback() {
    this.source?.leave(this);
    this.source = null;
  }

  attributeChangedCallback(name) {
    if (name !== 'lang') this.last = null;
    if (this.source) this.connectedCallback();
  }

  follow() {
    const {source, kind, url} = this;
    this.facts.className = kind;
    if (source?.url !== url) {
      this.source = Source.join(url, this);
      source?.leave(this);
    }
    this.show();
  }

  build() {
    this.link = make('a', {part: 'link'});
    this.head = line('head', make('slot', {}));
    this.facts = make('div', {part: 'facts'});
    this.card = make('div', {part: 'card'}, this.head, this.facts);
    const root = this.attachShadow({mode: 'open'});
    root.append(this.card);
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  }

  show() {
    try {
      if (this.source.doc) this.last = this.source;
      if (this.last) this.draw(this.last);
    } catch { }
  }

  draw({doc, at}) {
    const {kind, language: lang} = this, words = WORDS[lang];
    const of = FIND[kind](doc, this.getAttribute('goal'));
    const counts = of.status_counts || {[of.status]: 0};
    const {translation} = of, own = make('span', {part: 'statement', lang: 'en'}, of.statement);
    const translated = translation?.outdated === false && (translation.statement || translation.title);
    const facts = [
      translated && line('original', words.unofficial, ' ', own),
      of.demo && line('demo', words.demo),
      of.percent != null && drawing({part: 'bar', viewBox: '0 0 100 1', preserveAspectRatio: 'none'},
        make('rect', {width: of.percent, height: 1})),
      line('percent', fill(
        of.percent == null ? words.progress_none : of.percent_is_minimum ? words.reported : words.progress,
        {...of, percent: share(lang, of.percent)})),
      make('ul', {part: 'statuses'}, ...Object.keys(SHAPES).filter((status) => status in counts)
        .map((status) => statusItem(words, status, counts[status]))),
      of.latest && line('latest', fill(words.latest, {date: time(lang, of.latest, {dateStyle: 'long', timeZone: 'UTC'})})),
      line('as-of', fill(this.source.failures ? words.stale : words.as_of, {time: time(lang, at, {dateStyle: 'medium', timeStyle: 'short'})})),
    ];

    this.card.lang = lang;
    this.link.href = this.service.slice(0, -1) + of.links.self;
    this.link.replaceChildren(
      ...(of.name ? [make('b', {part: 'label'}, fill(words[kind], of)), ' '] : []),
      translated ? make('span', {part: 'statement'}, translated) : own);
    if (!this.link.isConnected) this.head.replaceChildren(this.link);
    this.facts.replaceChildren(...facts.filter(Boolean));
  }
});

new MutationObserver(() => Source.all.forEach((source) => source.readers.forEach((one) => one.connectedCallback())))
  .observe(document.documentElement, {attributes: true, attributeFilter: ['lang'], subtree: true});
