/* Numbers, sizes, dates and lengths of time as the reader's language and time zone have them. */
(function (ld) {
  'use strict';

  const UNITS = [['hour', 3600], ['minute', 60], ['second', 1]];
  const SIZES = [['gigabyte', 1e9], ['megabyte', 1e6], ['kilobyte', 1e3], ['byte', 1]];

  function createIntl(kind, language, options) {
    try {
      return new kind(language, options);
    } catch { // a language code of the site that browsers do not know
      return new kind(undefined, options);
    }
  }

  ld.createFormats = function (language) {
    const number = createIntl(Intl.NumberFormat, language);
    const percent = createIntl(Intl.NumberFormat, language, {style: 'percent'});
    const smallPercent = createIntl(Intl.NumberFormat, language, {style: 'percent', maximumFractionDigits: 1});
    const moment = createIntl(Intl.DateTimeFormat, language, {dateStyle: 'medium', timeStyle: 'short'});
    const relative = createIntl(Intl.RelativeTimeFormat, language, {numeric: 'auto'});
    const date = createIntl(Intl.DateTimeFormat, language, {dateStyle: 'medium', timeZone: 'UTC'});
    const day = createIntl(Intl.DateTimeFormat, language, {month: 'short', day: 'numeric', timeZone: 'UTC'});
    const unit = (value, name, display, digits) => createIntl(Intl.NumberFormat, language, {
      style: 'unit', unit: name, unitDisplay: display, maximumFractionDigits: digits,
    }).format(value);

    return {
      collator: createIntl(Intl.Collator, language, {numeric: true, sensitivity: 'base'}),
      number: (value) => number.format(value),
      percent: (value) => percent.format(value / 100),
      /** A grade in percent, with one digit. */
      grade: (value) => smallPercent.format(value / 100),
      /** A part of 1 as per cent, with one digit where it would read as nothing. */
      share: (value) => (value > 0 && value < 0.01 ? smallPercent : percent).format(value),
      /** A part of 1 as per cent, with one digit. */
      exactShare: (value) => smallPercent.format(value),
      /** A day such as 2026-03-02, with its year and without. */
      date: (iso) => date.format(new Date(iso)),
      day: (iso) => day.format(new Date(iso)),
      days: (first, last) => date.formatRange(new Date(first), new Date(last)),
      size(bytes) {
        const [name, factor] = SIZES.find((size) => bytes >= size[1]) || SIZES[3];
        return unit(bytes / factor, name, name === 'byte' ? 'long' : 'short', bytes / factor < 10 ? 1 : 0);
      },
      duration(seconds) {
        const [name, factor] = UNITS.find((step) => seconds >= step[1]) || UNITS[2];
        return unit(Math.max(1, Math.round(seconds / factor)), name, 'long', 0);
      },
      /** A <time> in the reader's time zone, with the exact moment in UTC as its title. */
      time(iso) {
        const date = new Date(iso);
        return ld.element('time', {datetime: iso, title: date.toISOString()}, moment.format(date));
      },
      /** How many days a date lies back from today, both of UTC. */
      daysSince: (iso) => Math.max(0, Math.floor((Date.now() - Date.parse(iso + 'T00:00:00Z')) / 86400000)),
      daysAgo: (days) => relative.format(-days, 'day'),
      timeText: (date) => moment.format(date),
    };
  };

  /**
   * Puts values into the places of a text: fill('{n} rows', {n: 5}). On a page from right to left each value is isolated
   * (U+2068, U+2069), so that a name or a date in the other direction does not tear the sentence apart.
   */
  ld.fill = function (text, values) {
    const isolate = document.querySelector('[dir="rtl"] .learner-data') ? (value) => '\u2068' + value + '\u2069' : String;
    return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? isolate(values[name]) : place));
  };
}(window.learnerData));
