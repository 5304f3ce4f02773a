import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import type { ListState } from '@/shared/api';
import classes from './DataTable.module.css';
import type { Column } from './types';

export function SortHeader<Row>({ column, state }: { column: Column<Row>; state: ListState }) {
  const { sort, title, align } = column;
  if (sort === undefined) {
    return (
      <th role="columnheader" data-align={align}>
        {title}
      </th>
    );
  }
  const order = state.sort === sort ? 'ascending' : state.sort === `-${sort}` ? 'descending' : 'none';
  const Icon = { ascending: IconArrowUp, descending: IconArrowDown, none: IconArrowsSort }[order];
  return (
    <th role="columnheader" data-align={align} aria-sort={order}>
      <button
        type="button"
        className={classes.sort}
        onClick={() => {
          state.setSort(order === 'descending' ? sort : `-${sort}`);
        }}
      >
        {title}
        <Icon size={14} aria-hidden />
      </button>
    </th>
  );
}
