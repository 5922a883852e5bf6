/*
 * Makes the world map of the page from Natural Earth's countries 1:50m (npm world-atlas): simplified to about 5 %, in the Equal
 * Earth projection, as paths of whole numbers. Run by `npm run map`; what it writes is in the repository.
 *
 * Countries and regions that are too small to be seen are circles. Land without an ISO 3166-1 code of its own is drawn, and
 * belongs to nobody here: lines are those of the data, and say nothing about whose land it is.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {stdout} from 'node:process';
import {gzipSync} from 'node:zlib';

import {geoArea, geoCentroid, geoEqualEarth, geoPath} from 'd3-geo';
import {feature} from 'topojson-client';
import {presimplify, quantile, simplify} from 'topojson-simplify';

const KEPT = 0.05;
const WIDTH = 1200;
const SMALL = 18; // of the area of a shape, in square units of the drawing
const LEFT_OUT = new Set(['AQ']); // a third of the picture, and no learners
const TARGET = new URL('../learner_data_plugin/static/learner_data_plugin/map/world.json', import.meta.url);
const SOURCE = 'Made with Natural Earth (public domain), by world-atlas (ISC). The lines say nothing about whose land it is.';

const require = createRequire(import.meta.url);
const read = (name) => JSON.parse(readFileSync(require.resolve(name)));
const codes = new Map(read('i18n-iso-countries/codes.json').map(([alpha2, , numeric]) => [numeric, alpha2]));

const topology = presimplify(read('world-atlas/countries-50m.json'));
const whole = feature(topology, topology.objects.countries).features;
const rough = simplify(topology, quantile(topology, 1 - KEPT));
const simple = feature(rough, rough.objects.countries).features;

const projection = geoEqualEarth().fitWidth(WIDTH, {type: 'Sphere'});
const path = geoPath(projection);

/** A path in whole numbers, each place told from the one before; rings that have become a point are left out. */
function short(features) {
  const rings = (path({type: 'FeatureCollection', features}) || '').split('M').slice(1);
  return rings.map((ring) => {
    const places = ring.replace('Z', '').split('L').map((place) => place.split(',').map((value) => Math.round(Number(value))));
    const moved = places.filter(([x, y], at) => !at || x !== places[at - 1][0] || y !== places[at - 1][1]);
    if (moved.length < 3) {
      return '';
    }
    const [first, ...others] = moved;
    let [x, y] = first;
    const steps = others.map(([nextX, nextY]) => {
      const step = [nextX - x, nextY - y];
      [x, y] = [nextX, nextY];
      return step.join(' ');
    });
    return 'M' + first.join(' ') + 'l' + steps.join(' ').replaceAll(' -', '-') + 'z';
  }).join('');
}

const byCode = new Map();
const others = [];
simple.forEach((land, place) => {
  const code = land.id && codes.get(land.id);
  if (LEFT_OUT.has(code)) {
    return;
  }
  if (code) {
    byCode.set(code, [...(byCode.get(code) || []), {land, exact: whole[place]}]);
  } else {
    others.push(land);
  }
});

const shapes = {};
const circles = {};
[...byCode.keys()].sort().forEach((code) => {
  const lands = byCode.get(code);
  const drawn = short(lands.map(({land}) => land));
  if (drawn) {
    shapes[code] = drawn;
  }
  const exact = {type: 'FeatureCollection', features: lands.map((entry) => entry.exact)};
  if (!drawn || path.area(exact) < SMALL) {
    const largest = lands.map((entry) => entry.exact).sort((one, other) => geoArea(other) - geoArea(one))[0];
    circles[code] = projection(geoCentroid(largest)).map(Math.round);
    delete shapes[code];
  }
});

const bounds = path.bounds({type: 'FeatureCollection', features: simple.filter((land) => !LEFT_OUT.has(codes.get(land.id)))});
const [[left, top], [right, bottom]] = bounds.map((corner) => corner.map(Math.round));
const box = [left - 4, top - 4, right - left + 8, bottom - top + 8];
const map = {source: SOURCE, box, shapes, circles, others: short(others)};
const text = JSON.stringify(map) + '\n';
writeFileSync(TARGET, text);
stdout.write(
  `${Object.keys(shapes).length} shapes, ${Object.keys(circles).length} circles, ${text.length} bytes, `
  + `${gzipSync(text).length} compressed\n`,
);
