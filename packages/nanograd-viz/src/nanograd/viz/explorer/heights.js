/** How high things stand in the columns of a layered layout. */

const MANY = 1500;

/** Return the middle of every place: as level with its neighbors as possible, nothing overlapping. */
export function heights(columns, places, links) {
  const y = new Float64Array(places.length);
  const near = places.map(() => ({ before: [], after: [] }));
  for (const { from, to, fromY, toY, weight } of links) {
    near[to].before.push({ place: from, shift: fromY - toY, weight });
    near[from].after.push({ place: to, shift: toY - fromY, weight });
  }
  const distances = columns.map((column) =>
    column.slice(1).map((place, at) => {
      const [one, other] = [places[column[at]], places[place]];
      return (one.height + other.height) / 2 + Math.max(one.gap, other.gap);
    }),
  );
  columns.forEach((column, rank) => {
    const total = distances[rank].reduce((sum, distance) => sum + distance, 0);
    let at = -total / 2;
    column.forEach((place, index) => {
      y[place] = at;
      at += distances[rank][index] ?? 0;
    });
  });
  const rounds = places.length > MANY ? 8 : 20;
  // The last round is one to the right: a result stands level with its operands.
  for (let round = 0; round <= rounds; round += 1) {
    const isRight = round % 2 === 0;
    const order = isRight ? columns.keys() : [...columns.keys()].reverse();
    for (const rank of order) level(columns[rank], distances[rank], near, isRight ? "before" : "after", y);
  }
  return Array.from(y);
}

/** Move one column to where its neighbors want it: isotonic regression on the wishes less the distances. */
function level(column, distances, near, side, y) {
  const pools = [];
  let offset = 0;
  column.forEach((place, at) => {
    let [sum, weight] = [0, 0];
    for (const neighbor of near[place][side]) {
      sum += neighbor.weight * (y[neighbor.place] + neighbor.shift);
      weight += neighbor.weight;
    }
    if (!weight) [sum, weight] = [0.05 * y[place], 0.05];
    offset += at ? distances[at - 1] : 0;
    pools.push({ sum: sum - weight * offset, weight, count: 1 });
    while (
      pools.length > 1 &&
      pools.at(-1).sum / pools.at(-1).weight <= pools.at(-2).sum / pools.at(-2).weight
    ) {
      const last = pools.pop();
      const joined = pools.at(-1);
      joined.sum += last.sum;
      joined.weight += last.weight;
      joined.count += last.count;
    }
  });
  let at = 0;
  offset = 0;
  for (const { sum, weight, count } of pools) {
    for (let step = 0; step < count; step += 1, at += 1) {
      offset += at ? distances[at - 1] : 0;
      y[column[at]] = sum / weight + offset;
    }
  }
}
