/* The sentence and the tiles at the top of the overview; each leads to the learners it counts. */
(function (ld) {
  'use strict';

  const {element} = ld;

  ld.createTiles = function ({page, formats, tabs}) {
    const {texts} = page;

    const number = (value) => (value === null ? texts.tile_unknown : formats.number(value));
    const lead = (filters, name, ...content) => (filters && !page.charts_alone
      ? tabs.link('learners', filters, {class: name}, ...content)
      : element('span', {class: name}, ...content));
    const share = (value, of) => (
      value === null || !of ? null : element('small', {}, ' ' + formats.share(Math.min(1, value / of)))
    );

    function tile(title, values, note, isHero) {
      return element(
        'div', {class: 'ld-tile' + (isHero ? ' ld-tile-hero' : '')},
        element('dt', {}, title),
        element('dd', {class: 'ld-tile-values'}, ...values),
        note && element('dd', {class: 'ld-tile-note'}, ...note),
      );
    }

    function change({active, active_before: before}) {
      if (active === null || before === null) {
        return null;
      }
      const more = active - before;
      const told = more === 0 ? texts.tile_same : ld.fill(more > 0 ? texts.tile_more : texts.tile_fewer, {
        change: formats.number(Math.abs(more)),
      });
      return [element('span', {class: more > 0 ? 'ld-up' : more < 0 ? 'ld-down' : ''}, told)];
    }

    const signed = (sign, value) => ld.upright((value ? sign : '') + number(value));

    /** Two numbers and what they are, in one period. Those who left are not listed: they are not in the course any more. */
    function movement(joined, left, filters) {
      return [
        lead(filters, 'ld-big', signed('+', joined), element('small', {}, ' ' + texts.joined)),
        element('span', {class: 'ld-big' + (left ? ' ld-out' : '')}, signed('−', left), element('small', {}, ' ' + texts.left)),
      ];
    }

    /** The tiles for these numbers; those that are null throughout are left out. */
    function tiles(numbers, filters) {
      const made = [];
      const of = (more) => ({...filters, ...more});
      if (numbers.active !== null) {
        made.push(tile(
          texts.tile_active,
          [lead(numbers.never === null ? null : of({activity: 'active_last_week'}), 'ld-big', number(numbers.active),
            share(numbers.active, numbers.enrolled))],
          [...(change(numbers) || []), numbers.never !== null
            && lead(of({activity: 'inactive_7'}), 'ld-who', texts.tile_who_not)].filter(Boolean), true,
        ));
      }
      made.push(tile(
        texts.tile_enrolled, [lead(of({}), 'ld-big', number(numbers.enrolled))],
        numbers.ever_enrolled !== null && [ld.fill(texts.tile_ever, {count: number(numbers.ever_enrolled)})],
      ));
      if (numbers.joined_7 !== null) {
        made.push(tile(
          texts.tile_moved, movement(numbers.joined_7, numbers.left_7, of({activity: 'joined_7'})),
          [ld.fill(texts.tile_moved_30, {joined: number(numbers.joined_30), left: number(numbers.left_30)})],
        ));
      }
      if (numbers.verified !== null) {
        made.push(tile(
          texts.tile_verified,
          [lead(
            of({enrollment_mode: 'verified'}), 'ld-big', number(numbers.verified), share(numbers.verified, numbers.enrolled),
          )],
        ));
      }
      if (numbers.never !== null) {
        made.push(tile(
          texts.tile_never,
          [lead(of({activity: 'never'}), 'ld-big', number(numbers.never), share(numbers.never, numbers.enrolled))],
          [lead(of({activity: 'never'}), 'ld-who', texts.tile_who)],
        ));
      }
      return element('dl', {class: 'ld-card ld-tiles'}, ...made);
    }

    /** Whom to write to first, in a sentence. */
    function sentence({sentences, numbers}, filters) {
      if (!sentences || numbers.never === null) {
        return null;
      }
      const parts = texts.overview_sentence.split(/(\{\w+\})/).map((part) => ({
        '{struggling}': () => lead({...filters, activity: 'struggling'}, '', sentences.struggling),
        '{away}': () => lead({...filters, activity: 'inactive_14'}, '', sentences.away),
      }[part] || (() => part))());
      return element('p', {class: 'ld-lead'}, ...parts);
    }

    return {tiles, sentence};
  };
}(window.learnerData));
