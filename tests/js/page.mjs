/*
 * A page for the scripts under test: as much of a browser's document as they use, and what they find in it.
 *
 * Layout, style and what browsers do with focus and files are not here: tests/browser has those, in a real one.
 */
import {readFileSync} from 'node:fs';
import {compileFunction} from 'node:vm';

const SCRIPTS = new URL('../../learner_data_plugin/static/learner_data_plugin/js/', import.meta.url);

export class TestNode extends EventTarget {
  parent = null;

  remove() {
    if (this.parent) {
      this.parent.nodes = this.parent.nodes.filter((node) => node !== this);
      this.parent = null;
    }
  }

  after(content) {
    const {nodes} = this.parent;
    this.parent.insertBefore(content, nodes[nodes.indexOf(this) + 1] ?? null);
  }

  replaceWith(content) {
    const place = asNode(content);
    this.parent.nodes = this.parent.nodes.map((node) => (node === this ? place : node));
    place.parent = this.parent;
  }
}

class TestText extends TestNode {
  constructor(text) {
    super();
    this.textContent = text;
  }

  copy() {
    return new TestText(this.textContent);
  }
}

const asNode = (content) => (content instanceof TestNode ? content : new TestText(String(content)));
const isElement = (node) => node instanceof TestElement;

/** A selector of one element: tag, #id, .class, [attribute], [attribute="value"] and :checked, together or alone. */
function matcher(selector) {
  const parts = [...selector.matchAll(/#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:="?([^"\]]*)"?)?\]|:(checked)|([a-z]\w*)/g)];
  return (element) => parts.every(([, id, name, attribute, value, checked, tag]) => (
    (checked === undefined || element.checked)
    && (id === undefined || element.getAttribute('id') === id)
    && (name === undefined || element.className.split(' ').includes(name))
    && (attribute === undefined || element.hasAttribute(attribute))
    && (value === undefined || element.getAttribute(attribute) === value)
    && (tag === undefined || element.tagName === tag)
  ));
}

export class TestElement extends TestNode {
  constructor(tagName, document) {
    super();
    Object.assign(this, {tagName, document, nodes: [], values: new Map(), rectangles: 1, validity: ''});
    this.dataset = new Proxy(this, {
      get: (element, name) => element.getAttribute(dataName(name)) ?? undefined,
      set: (element, name, value) => element.setAttribute(dataName(name), value) ?? true,
    });
    this.classList = {
      toggle: (name, isOn) => {
        const others = this.className.split(' ').filter((other) => other && other !== name);
        this.className = (isOn ? [...others, name] : others).join(' ');
      },
      add: (name) => this.classList.toggle(name, true),
      remove: (name) => this.classList.toggle(name, false),
    };
  }

  get children() {
    return this.nodes.filter(isElement);
  }

  get textContent() {
    return this.nodes.map((node) => node.textContent).join('');
  }

  set textContent(text) {
    this.replaceChildren(text);
  }

  append(...contents) {
    contents.map(asNode).forEach((node) => this.insertBefore(node, null));
  }

  replaceWith(...contents) {
    const place = this.parent.nodes.indexOf(this);
    const {parent} = this;
    this.remove();
    contents.map(asNode).forEach((node, offset) => {
      parent.nodes.splice(place + offset, 0, node);
      node.parent = parent;
    });
  }

  insertBefore(node, next) {
    node.remove();
    const place = next ? this.nodes.indexOf(next) : this.nodes.length;
    this.nodes.splice(place, 0, node);
    node.parent = this;
  }

  replaceChildren(...contents) {
    [...this.nodes].forEach((node) => node.remove());
    this.append(...contents);
  }

  cloneNode() {
    return this.copy();
  }

  copy() {
    const copy = new TestElement(this.tagName, this.document);
    this.values.forEach((value, name) => copy.values.set(name, value));
    copy.append(...this.nodes.map((node) => node.copy()));
    return copy;
  }

  contains(other) {
    for (let node = other; node; node = node.parent) {
      if (node === this) {
        return true;
      }
    }
    return false;
  }

  all() {
    return this.children.flatMap((child) => [child, ...child.all()]);
  }

  get lastElementChild() {
    return this.children.at(-1) ?? null;
  }

  matches(selector) {
    return matcher(selector)(this);
  }

  querySelectorAll(selector) {
    if (selector.includes(', ')) {
      const found = new Set(selector.split(', ').flatMap((one) => this.querySelectorAll(one)));
      return this.all().filter((element) => found.has(element));
    }
    if (selector.startsWith(':scope > ')) {
      return this.children.filter(matcher(selector.slice(':scope > '.length)));
    }
    const [last, ...outer] = selector.split(' ').reverse().map(matcher);
    const isWithin = (element, [next, ...further]) => {
      for (let place = next && element.parent; place; place = place.parent) {
        if (isElement(place) && next(place) && isWithin(place, further)) {
          return true;
        }
      }
      return !next;
    };
    return this.all().filter((element) => last(element) && isWithin(element, outer));
  }

  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  closest(selector) {
    const fits = matcher(selector);
    for (let element = this; element; element = element.parent) {
      if (fits(element)) {
        return element;
      }
    }
    return null;
  }

  getAttribute(name) {
    return this.values.get(name) ?? null;
  }

  setAttribute(name, value) {
    this.values.set(name, String(value));
  }

  hasAttribute(name) {
    return this.values.has(name);
  }

  removeAttribute(name) {
    this.values.delete(name);
  }

  getBBox() {
    return {x: 0, y: 0, width: 10, height: 10};
  }

  getClientRects() {
    return Array(this.rectangles);
  }

  click() {
    return this.dispatchEvent(new Event('click', {cancelable: true}));
  }

  focus() {
    this.document.activeElement = this;
  }

  showModal() {
    this.open = true;
  }

  close() {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  }

  scrollIntoView() {}

  setCustomValidity(text) {
    this.validity = text;
  }

  reportValidity() {
    return !this.validity;
  }
}

const dataName = (name) => 'data-' + name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase());

/** Properties that are the attribute of the same name: of text, and of those that are there or not. */
[['className', 'class'], ['id', 'id'], ['value', 'value']].forEach(([property, attribute]) => {
  Object.defineProperty(TestElement.prototype, property, {
    get() { return this.getAttribute(attribute) ?? ''; },
    set(value) { this.setAttribute(attribute, value); },
  });
});
['hidden', 'checked', 'disabled', 'open'].forEach((property) => {
  Object.defineProperty(TestElement.prototype, property, {
    get() { return this.hasAttribute(property); },
    set(isOn) { this[isOn ? 'setAttribute' : 'removeAttribute'](property, ''); },
  });
});

class TestDocument extends EventTarget {
  hidden = false;

  cookie = '';

  constructor() {
    super();
    this.documentElement = new TestElement('html', this);
    this.body = this.createElement('body');
    this.documentElement.append(this.body);
    this.activeElement = this.body;
  }

  createElement(tagName) {
    return new TestElement(tagName, this);
  }

  createElementNS(_namespace, tagName) {
    return this.createElement(tagName);
  }

  getElementById(id) {
    return this.querySelector('#' + id);
  }

  querySelector(selector) {
    return this.documentElement.querySelector(selector);
  }

  querySelectorAll(selector) {
    return this.documentElement.querySelectorAll(selector);
  }
}

/** What a browser keeps of its own accord, until it is told to refuse. */
export class TestStorage {
  kept = new Map();

  refuses = false;

  getItem(key) {
    this.check();
    return this.kept.get(key) ?? null;
  }

  setItem(key, value) {
    this.check();
    this.kept.set(key, value);
  }

  check() {
    if (this.refuses) {
      throw new Error('no storage');
    }
  }
}

/** Every tab with a channel of one name hears the others. */
class TestChannel {
  static opened = [];

  constructor(name) {
    this.name = name;
    TestChannel.opened.push(this);
  }

  postMessage(data) {
    const others = TestChannel.opened.filter((other) => other !== this && other.name === this.name);
    others.forEach((other) => other.onmessage?.({data}));
  }
}

/** Sentences as their own names, but for those that are given: what a test reads is which one is shown. */
export const texts = (given = {}) => new Proxy(given, {get: (_target, name) => given[name] ?? String(name)});

/**
 * Runs scripts in a new page and returns it: `ld` is what they made, `add(tag, attributes, ...children)` puts an element into
 * the body, `run(name)` runs a further script. `given.window` and `given.browser` replace what they call.
 */
export function openPage(names, given = {}) {
  const document = new TestDocument();
  const window = Object.assign(new EventTarget(), {
    learnerData: {},
    localStorage: new TestStorage(),
    sessionStorage: new TestStorage(),
    location: {
      href: 'https://lms.example.com/courses/', pathname: '/courses/', search: '', hash: '', reloads: 0,
      reload() { this.reloads += 1; },
    },
    history: {
      state: null,
      steps: 1,
      replaceState(_state, _title, url) {
        const {href, pathname, search, hash} = new URL(url);
        Object.assign(window.location, {href, pathname, search, hash, replaced: href});
      },
      pushState(...to) {
        this.steps += 1;
        this.replaceState(...to);
      },
    },
    matchMedia: () => ({matches: false}),
    print() { this.prints = (this.prints ?? 0) + 1; },
    BroadcastChannel: TestChannel,
    ...given.window,
  });
  const browser = {
    window,
    document,
    navigator: {clipboard: {writeText: async (text) => { browser.navigator.clipboard.text = text; }}},
    fetch: async () => { throw new TypeError('no network'); },
    BroadcastChannel: TestChannel,
    Node: TestNode,
    CustomEvent: class extends Event {},
    CSS: {escape: (text) => text.replace(/\W/g, '\\$&')},
    ResizeObserver: class { observe() {} },
    ...given.browser,
  };
  const run = (name) => {
    const file = new URL(name + '.js', SCRIPTS);
    compileFunction(readFileSync(file, 'utf8'), Object.keys(browser), {filename: file.pathname})(...Object.values(browser));
  };
  const page = {
    ...browser,
    run,
    ld: window.learnerData,
    add(tag, attributes = {}, ...children) {
      const made = document.createElement(tag);
      Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
      made.append(...children);
      document.body.append(made);
      return made;
    },
  };
  names.forEach(run);
  return page;
}

/** Lets everything happen that waits for nothing but its turn. */
export const settle = () => new Promise((resolve) => { setImmediate(resolve); });
