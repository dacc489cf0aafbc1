// Marks that would cover one another move apart, a few pixels each, so that all can be reached.
// Points are pixels; each has x, y and radius, and a weight: how readily it moves.

const ROUNDS = 24;
const CELL = 72; // more than the widest mark and its neighbour reach

export function spread(points) {
  const moved = points.map((point) => ({ ...point }));
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!push(moved)) break;
  }
  return moved;
}

// One round: every pair that overlaps is pushed apart by what it overlaps. False when none did.
function push(points) {
  const cells = new Map();
  points.forEach((point, index) => {
    const key = cellOf(point);
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(index);
  });
  let pushed = false;
  points.forEach((point, index) => {
    for (const other of neighbours(cells, point)) {
      if (other > index && part(point, points[other], index)) pushed = true;
    }
  });
  return pushed;
}

function part(one, other, index) {
  const wanted = one.radius + other.radius;
  let [x, y] = [other.x - one.x, other.y - one.y];
  let far = Math.hypot(x, y);
  if (far >= wanted - 0.5) return false;
  if (far < 0.01) {
    // on the very same spot: each pair leaves in its own direction
    [x, y] = [Math.cos(index * 2.4), Math.sin(index * 2.4)];
    far = 1;
  }
  const step = (wanted - Math.min(far, wanted)) / far;
  const share = one.weight / (one.weight + other.weight);
  one.x -= x * step * share;
  one.y -= y * step * share;
  other.x += x * step * (1 - share);
  other.y += y * step * (1 - share);
  return true;
}

function cellOf({ x, y }) {
  return `${Math.floor(x / CELL)},${Math.floor(y / CELL)}`;
}

function* neighbours(cells, { x, y }) {
  const [column, row] = [Math.floor(x / CELL), Math.floor(y / CELL)];
  for (let dx = -1; dx <= 1; dx += 1) {
    for (let dy = -1; dy <= 1; dy += 1) yield* cells.get(`${column + dx},${row + dy}`) || [];
  }
}
