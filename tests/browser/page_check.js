// What is wrong with the page that is shown, as sentences; runs inside it (page_check.py).
const faults = [];
const fault = (element, what) => {
  const id = element.id ? '#' + element.id : '';
  const text = (element.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 40);
  faults.push(`<${element.localName}${id}> "${text}": ${what}`);
};
const all = selector => [...document.querySelectorAll(selector)];
const isShown = element => element.checkVisibility();
const named = element => {
  const by = element.getAttribute('aria-labelledby');
  const target = by && document.getElementById(by);
  return (target && target.textContent.trim()) || element.getAttribute('aria-label') ||
      element.getAttribute('alt') || '';
};

// --- the page ---------------------------------------------------------------------------------
const root = document.documentElement;
if (!root.lang) faults.push('the page has no language');
if (!document.title.trim()) faults.push('the page has no title');
if (!document.querySelector('meta[name=viewport]')) faults.push('the page has no viewport');
if (document.compatMode !== 'CSS1Compat') faults.push('the page has no doctype');
for (const r of performance.getEntriesByType('resource')) faults.push(`it loads ${r.name}`);

// --- width ------------------------------------------------------------------------------------
const width = root.clientWidth;
if (root.scrollWidth > width) {
  faults.push(`the page is ${root.scrollWidth} pixels wide in a window of ${width}`);
  const scrolls = e => e.parentElement &&
      (getComputedStyle(e.parentElement).overflowX !== 'visible' || scrolls(e.parentElement));
  for (const e of all('body *'))
    if (e.getBoundingClientRect().right > width + 1 && !scrolls(e)) fault(e, 'is too wide');
}
for (const e of all('body *')) {
  const overflow = getComputedStyle(e).overflowX;
  if (!isShown(e) || e.scrollWidth <= e.clientWidth + 1 || overflow === 'visible') continue;
  const heard = getComputedStyle(e).clipPath === 'inset(50%)'; // for the ear alone
  if (overflow === 'hidden' || overflow === 'clip') heard || fault(e, 'cuts off what is in it');
  else if (e.tabIndex < 0 || !named(e)) fault(e, 'scrolls, but no key gets there, or it has no name');
}

// --- pictures ---------------------------------------------------------------------------------
for (const e of all('svg, img, canvas')) {
  if (e.closest('svg') !== e && e.closest('svg')) continue;
  const box = e.getBoundingClientRect();
  if (isShown(e) && !(box.width > 10 && box.height > 10)) fault(e, 'a picture without a size');
  if (!named(e).trim()) fault(e, 'a picture without a name');
  if (e.localName === 'img' && !e.naturalWidth) fault(e, 'a picture that is not there');
}

// --- order ------------------------------------------------------------------------------------
const ids = new Set();
for (const e of all('[id]')) {
  if (ids.has(e.id)) fault(e, 'its id is another element\'s too');
  ids.add(e.id);
}
for (const e of all('a[href]')) {
  const href = e.getAttribute('href');
  if (href.startsWith('#') && !document.getElementById(decodeURIComponent(href.slice(1))))
    fault(e, `leads to ${href}, which is not there`);
  if (!e.textContent.trim()) fault(e, 'a link without a word');
}
for (const name of ['aria-labelledby', 'aria-describedby', 'for'])
  for (const e of all(`[${name}]`))
    if (!document.getElementById(e.getAttribute(name))) fault(e, `${name} names nothing`);
const headings = all('h1, h2, h3, h4, h5, h6');
if (all('h1').length !== 1) faults.push(`${all('h1').length} headings of the first rank`);
headings.forEach((e, i) => {
  const rank = Number(e.localName[1]), before = i ? Number(headings[i - 1].localName[1]) : 0;
  if (rank > before + 1) fault(e, `a heading of rank ${rank} behind one of rank ${before}`);
  if (!e.textContent.trim()) fault(e, 'a heading without a word');
});
if (all('main').length !== 1) faults.push(`${all('main').length} elements <main>`);
for (const e of all('table')) {
  if (!e.querySelector('th')) fault(e, 'a table without headers');
  if (!named(e) && !e.caption) fault(e, 'a table without a name');
}
for (const e of all('th')) if (!e.scope) fault(e, 'a header without a scope');
for (const e of all('details')) if (!e.querySelector(':scope > summary')) fault(e, 'no summary');

// --- keyboard ---------------------------------------------------------------------------------
for (const e of all('a[href], button, input, select, summary, [tabindex]')) {
  if (!isShown(e) || e.disabled || e.tabIndex < 0) continue;
  e.focus({preventScroll: true}); // shown, because the last who spoke was the keyboard
  if (document.activeElement !== e) fault(e, 'does not take the focus');
  const style = getComputedStyle(e);
  if (style.outlineStyle === 'none' || !parseFloat(style.outlineWidth))
    fault(e, 'does not show that it has the focus');
}

// --- contrast: 4.5 to 1, of large letters 3 to 1 [WCAG 2.2, 1.4.3] ------------------------------
const channels = colour => (colour.match(/[\d.]+/g) || []).map(Number);
const luminance = ([r, g, b]) => {
  const linear = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
};
const ground = e => {
  for (; e; e = e.parentElement) {
    const c = channels(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0.5) return c;
  }
  return [255, 255, 255];
};
const seen = new Set();
for (const e of all('body *')) {
  if (e.closest('svg') || !isShown(e)) continue;
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
  const style = getComputedStyle(e);
  const [a, b] = [luminance(channels(style.color)), luminance(ground(e))].sort((x, y) => y - x);
  const least = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
  const ratio = (a + 0.05) / (b + 0.05), key = style.color + e.className;
  if (ratio >= least || seen.has(key)) continue;
  seen.add(key);
  fault(e, `a contrast of ${ratio.toFixed(1)} to 1`);
}
return faults;
