/**
 * The order in which elements of equal phase are configured and initialized. It shows: the task of the source that is initialized first runs first.
 * Click sorts with the quicksort of Bentley and McIlroy ("Engineering a sort function", Software: Practice and Experience 23(11), 1993),
 * which is not stable; to run tasks in Click's order, elements must be sorted by the same steps.
 */

/** Below this many items, insertion sort; from this many on, the pivot is a pseudomedian of nine. Figures of the paper. */
const SMALL = 7;
const LARGE = 40;

type Compare<T> = (a: T, b: T) => number;

/** @returns the items in ascending order, equal ones where the algorithm leaves them */
export function sortAsClick<T>(items: readonly T[], compare: Compare<T>): T[] {
  const sorted = [...items];
  const ranges: [number, number][] = [[0, sorted.length]];
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const [start, end] = range;
    if (end - start < SMALL) insertionSort(sorted, start, end, compare);
    else ranges.push(...partition(sorted, start, end, compare));
  }
  return sorted;
}

function swap<T>(items: T[], a: number, b: number): void {
  const held = items[a] as T; // both places lie inside the array
  items[a] = items[b] as T;
  items[b] = held;
}

function order<T>(items: readonly T[], a: number, b: number, compare: Compare<T>): number {
  return compare(items[a] as T, items[b] as T); // as in swap
}

function insertionSort<T>(items: T[], start: number, end: number, compare: Compare<T>): void {
  for (let i = start + 1; i < end; i++)
    for (let j = i; j > start && order(items, j - 1, j, compare) > 0; j--) swap(items, j, j - 1);
}

/** Splits a range around a pivot; items equal to it end up in the middle. @returns the ranges that are left to sort */
function partition<T>(items: T[], start: number, end: number, compare: Compare<T>): [number, number][] {
  swap(items, start, pivotOf(items, start, end, compare));
  // Equal items gather at both ends: [start, equalLow) and (equalHigh, end).
  let equalLow = start + 1;
  let low = start + 1;
  let high = end - 1;
  let equalHigh = end - 1;
  for (;;) {
    for (; low <= high; low++) {
      const sign = order(items, low, start, compare);
      if (sign > 0) break;
      if (sign === 0) swap(items, equalLow++, low);
    }
    for (; high >= low; high--) {
      const sign = order(items, high, start, compare);
      if (sign < 0) break;
      if (sign === 0) swap(items, high, equalHigh--);
    }
    if (low > high) break;
    swap(items, low++, high--);
  }
  const smaller = low - equalLow;
  const larger = equalHigh - high;
  exchange(items, start, low, Math.min(equalLow - start, smaller));
  exchange(items, low, end, Math.min(larger, end - equalHigh - 1));
  const ranges: [number, number][] = [];
  if (smaller > 0) ranges.push([start, start + smaller]);
  if (larger > 0) ranges.push([end - larger, end]);
  return ranges;
}

/** Exchanges the first `count` items from `start` with the last `count` before `end`. */
function exchange<T>(items: T[], start: number, end: number, count: number): void {
  for (let i = 0; i < count; i++) swap(items, start + i, end - count + i);
}

function pivotOf<T>(items: readonly T[], start: number, end: number, compare: Compare<T>): number {
  const count = end - start;
  const middle = start + Math.floor(count / 2);
  if (count === SMALL) return middle;
  if (count <= LARGE) return median(items, start, middle, end - 1, compare);
  const step = Math.floor(count / 8);
  return median(
    items,
    median(items, start, start + step, start + 2 * step, compare),
    median(items, middle - step, middle, middle + step, compare),
    median(items, end - 1 - 2 * step, end - 1 - step, end - 1, compare),
    compare,
  );
}

function median<T>(items: readonly T[], a: number, b: number, c: number, compare: Compare<T>): number {
  const bc = order(items, b, c, compare);
  if (order(items, a, b, compare) < 0) {
    if (bc < 0) return b;
    return order(items, a, c, compare) < 0 ? c : a;
  }
  if (bc > 0) return b;
  return order(items, a, c, compare) > 0 ? c : a;
}
