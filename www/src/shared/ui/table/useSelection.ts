import { useState } from 'react';

export interface Selection<Row> {
  /** Of all pages that were looked at. */
  rows: Row[];
  has: (row: Row) => boolean;
  set: (rows: readonly Row[], isSelected: boolean) => void;
  clear: () => void;
}

export function useSelection<Row extends { id: string }>(): Selection<Row> {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Row>>(new Map());
  return {
    rows: [...chosen.values()],
    has: (row) => chosen.has(row.id),
    set: (rows, isSelected) => {
      setChosen((before) => {
        const after = new Map(before);
        for (const row of rows) {
          if (isSelected) after.set(row.id, row);
          else after.delete(row.id);
        }
        return after;
      });
    },
    clear: () => {
      setChosen(new Map());
    },
  };
}
