import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import type { ListState } from '@/shared/api';
import classes from './DataTable.module.css';
import type { Column } from './types';

export function SortHeader<Row>({ column, state }: { column: Column<Row>; state: ListState }) {
  const { sort, title, align } = column;
  if (sort === undefined) {
    return (
      <Table.Th role="columnheader" ta={align}>
        {title}
      </Table.Th>
    );
  }
  const order = state.sort === sort ? 'ascending' : state.sort === `-${sort}` ? 'descending' : 'none';
  const Icon = { ascending: IconArrowUp, descending: IconArrowDown, none: IconArrowsSort }[order];
  return (
    <Table.Th role="columnheader" ta={align} aria-sort={order}>
      <UnstyledButton
        className={classes.sort}
        onClick={() => {
          state.setSort(order === 'descending' ? sort : `-${sort}`);
        }}
      >
        {title}
        <Icon size={14} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  );
}
