import type { Live } from '@/entities/database';

type Rows = Readonly<{ schema: string; name: string; rows: number }>;

export interface TableDifference {
  name: string;
  /** null: there is no such table on this side. */
  live: number | null;
  coming: number | null;
}

interface Coming {
  items: readonly (Rows & { kind: string })[];
  isWhole: boolean;
}

/**
 * The tables that will not be as they are, the greatest difference first. Of tables that a side does not list nothing is
 * said unless its list is whole.
 */
export function differences(live: Live, coming: Coming): TableDifference[] {
  const name = (each: Rows) => `${each.schema}.${each.name}`;
  const will = new Map(coming.items.filter(({ kind }) => kind === 'table').map((each) => [name(each), each.rows]));
  const is = new Map(live.items.map((each) => [name(each), each.rows]));
  const isLiveWhole = live.exists && live.tables === live.items.length;
  const all = [...new Set([...is.keys(), ...will.keys()])].map((each) => ({ name: each, live: is.get(each) ?? null, coming: will.get(each) ?? null }));
  const weight = (each: TableDifference) => Math.abs((each.live ?? 0) - (each.coming ?? 0));
  return all
    .filter((each) => each.live !== each.coming && (each.live !== null || isLiveWhole) && (each.coming !== null || coming.isWhole))
    .sort((one, other) => weight(other) - weight(one) || one.name.localeCompare(other.name));
}
