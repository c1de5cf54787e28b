/** In which order things stand in the columns of a layered layout, with few crossings. */

const MANY = 1500;

/** Return the columns, each a list of places from top to bottom, with few crossings. */
export function ordered(places, links) {
  const count = places.reduce((most, { rank }) => Math.max(most, rank), 0) + 1;
  const before = places.map(() => []);
  const after = places.map(() => []);
  for (const link of links) {
    before[link.to].push({ place: link.from, shift: link.fromY });
    after[link.from].push({ place: link.to, shift: link.toY });
  }
  let columns = firstOrder(places, before, after, count);
  const position = new Float64Array(places.length);
  const remember = () => columns.forEach((column) => column.forEach((place, at) => (position[place] = at)));
  remember();
  let best = columns.map((column) => [...column]);
  let fewest = crossings(columns, after, position);
  const sweeps = places.length > MANY ? 8 : 24;
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    const down = sweep % 2 === 0;
    for (let step = 1; step < count; step += 1) {
      const rank = down ? step : count - 1 - step;
      sortByNeighbors(columns[rank], down ? before : after, position, places);
    }
    const found = crossings(columns, after, position);
    if (found < fewest) {
      fewest = found;
      best = columns.map((column) => [...column]);
    }
  }
  columns = best;
  remember();
  if (places.length <= MANY) exchangeNeighbors(columns, before, after, position);
  return columns;
}

/** Visit the graph from its results, operands from top to bottom: a tree gets no crossing. */
function firstOrder(places, before, after, count) {
  const columns = Array.from({ length: count }, () => []);
  const seen = new Uint8Array(places.length);
  const starts = places.map((_, place) => place).filter((place) => !after[place].length);
  for (const start of [...starts, ...places.keys()]) {
    const stack = [start];
    while (stack.length) {
      const place = stack.pop();
      if (seen[place]) continue;
      seen[place] = 1;
      columns[places[place].rank].push(place);
      for (const neighbor of before[place].toReversed())
        if (!seen[neighbor.place]) stack.push(neighbor.place);
    }
  }
  return columns;
}

function sortByNeighbors(column, neighbors, position, places) {
  const wish = new Map();
  column.forEach((place, at) => {
    const near = neighbors[place];
    let sum = 0;
    for (const { place: other, shift } of near) sum += position[other] + shift / (places[other].height + 1);
    wish.set(place, near.length ? sum / near.length : at);
  });
  column.sort((one, other) => wish.get(one) - wish.get(other) || position[one] - position[other]);
  column.forEach((place, at) => (position[place] = at));
}

/** Count how many links cross between neighboring columns. */
function crossings(columns, after, position) {
  let count = 0;
  for (let rank = 0; rank + 1 < columns.length; rank += 1) {
    const size = columns[rank + 1].length;
    const tree = new Int32Array(size + 1);
    let entered = 0;
    for (const place of columns[rank]) {
      const ends = after[place].map((link) => position[link.place]).sort((a, b) => a - b);
      for (const end of ends) {
        let smaller = 0;
        for (let at = end + 1; at > 0; at -= at & -at) smaller += tree[at];
        count += entered - smaller;
      }
      for (const end of ends) {
        for (let at = end + 1; at <= size; at += at & -at) tree[at] += 1;
        entered += 1;
      }
    }
  }
  return count;
}

/** Exchange neighbors in a column as long as that takes crossings away. */
function exchangeNeighbors(columns, before, after, position) {
  const crossed = (one, other, links) => {
    let count = 0;
    for (const a of links[one])
      for (const b of links[other]) if (position[a.place] > position[b.place]) count += 1;
    return count;
  };
  for (let round = 0; round < 4; round += 1) {
    let improved = false;
    for (const column of columns) {
      for (let at = 0; at + 1 < column.length; at += 1) {
        const [upper, lower] = [column[at], column[at + 1]];
        if (after[upper].length * after[lower].length + before[upper].length * before[lower].length > 2500)
          continue;
        const now = crossed(upper, lower, before) + crossed(upper, lower, after);
        const then = crossed(lower, upper, before) + crossed(lower, upper, after);
        if (then < now) {
          [column[at], column[at + 1]] = [lower, upper];
          position[upper] = at + 1;
          position[lower] = at;
          improved = true;
        }
      }
    }
    if (!improved) return;
  }
}
