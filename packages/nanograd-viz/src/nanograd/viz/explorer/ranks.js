/** Which column of a layered layout everything stands in. */

/** Return the places of the edges that lead back, without which there is no cycle. */
export function backEdges(size, edges) {
  const leaving = Array.from({ length: size }, () => []);
  edges.forEach(({ from }, place) => leaving[from].push(place));
  const state = new Uint8Array(size);
  const back = new Set();
  for (let start = 0; start < size; start += 1) {
    if (state[start]) continue;
    const stack = [[start, 0]];
    state[start] = 1;
    while (stack.length) {
      const top = stack.at(-1);
      const [item, next] = top;
      if (next === leaving[item].length) {
        state[item] = 2;
        stack.pop();
        continue;
      }
      top[1] += 1;
      const { to } = edges[leaving[item][next]];
      if (state[to] === 1) back.add(leaving[item][next]);
      else if (state[to] === 0) {
        state[to] = 1;
        stack.push([to, 0]);
      }
    }
  }
  return back;
}

/** Return the column of every item: the longest path to it; then moved towards what uses it. */
export function ranksOf(items, edges) {
  const size = items.length;
  const leaving = Array.from({ length: size }, () => []);
  const entering = new Int32Array(size);
  for (const { from, to } of edges) {
    leaving[from].push(to);
    entering[to] += 1;
  }
  const ranks = new Int32Array(size);
  const waiting = Int32Array.from(entering);
  const order = [];
  for (let item = 0; item < size; item += 1) if (!waiting[item]) order.push(item);
  for (let place = 0; place < order.length; place += 1) {
    const item = order[place];
    for (const to of leaving[item]) {
      ranks[to] = Math.max(ranks[to], ranks[item] + 1);
      waiting[to] -= 1;
      if (!waiting[to]) order.push(to);
    }
  }
  const hasEntries = items.some(({ port }) => port === "in");
  if (hasEntries) {
    // Entries stand in a column of their own.
    items.forEach(({ port }, item) => {
      if (port !== "in" && !entering[item]) ranks[item] = Math.max(ranks[item], 1);
    });
    for (const item of order)
      for (const to of leaving[item]) ranks[to] = Math.max(ranks[to], ranks[item] + 1);
  }
  for (const item of order.toReversed()) {
    if (items[item].port || !leaving[item].length || leaving[item].length < entering[item]) continue;
    if (leaving[item].length === entering[item] && entering[item]) continue;
    ranks[item] = leaving[item].reduce((least, to) => Math.min(least, ranks[to]), Infinity) - 1;
  }
  const inner = items.reduce(
    (most, { port }, item) => (port === "out" ? most : Math.max(most, ranks[item])),
    0,
  );
  items.forEach(({ port }, item) => {
    if (port === "out") ranks[item] = inner + 1;
  });
  return ranks;
}
