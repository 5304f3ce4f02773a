import { Checkbox, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PagedList } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ProblemAlert } from '../ProblemAlert';
import { Surface } from '../Surface';
import classes from './DataTable.module.css';
import { Pager } from './Pager';
import { RowMenu } from './RowMenu';
import { SkeletonRows } from './SkeletonRows';
import { SortHeader } from './SortHeader';
import type { Column, RowAction } from './types';
import type { Selection } from './useSelection';

interface DataTableProps<Row extends { id: string }> {
  /** What the rows are, for those who do not see the heading: "Backups". */
  label: string;
  columns: readonly Column<Row>[];
  list: PagedList<Row>;
  /** What a row is called where it is named: in its menu's and checkbox's label. */
  nameOf: (row: Row) => string;
  /** Items of the row's menu; an empty list draws no menu. */
  actions?: (row: Row) => readonly RowAction<Row>[];
  selection?: Selection<Row>;
  /** Shown when there is nothing, and nothing was filtered. */
  empty: ReactNode;
  /** Above the rows: <TableSearch>, <TableFilter>, buttons for what is selected. */
  toolbar?: ReactNode;
}

/**
 * A list of the API as a table: pages, order and filters are the server's. Each row is a card on a phone. A failed poll
 * keeps what is shown.
 */
export function DataTable<Row extends { id: string }>(props: DataTableProps<Row>) {
  const { label, columns, list, empty, toolbar } = props;
  const isEmpty = !list.isPending && !list.error && list.rows.length === 0 && list.state.page === 1;
  if (list.error && list.rows.length === 0) return <ProblemAlert error={list.error} onRetry={list.refetch} />;
  if (isEmpty && !list.state.isFiltered) return <Surface>{empty}</Surface>;
  return (
    <Surface flush label={label}>
      {toolbar && <div className={classes.toolbar}>{toolbar}</div>}
      <div className={classes.scroll} tabIndex={-1}>
        <Table role="table" aria-label={label} aria-busy={list.isChanging} className={classes.table} highlightOnHover verticalSpacing="xs">
          <Head {...props} />
          <Table.Tbody role="rowgroup">
            {list.isPending ? (
              <SkeletonRows columns={columns.length + extras(props)} />
            ) : (
              list.rows.map((row) => <Line key={row.id} row={row} {...props} />)
            )}
          </Table.Tbody>
        </Table>
      </div>
      {isEmpty && <p className={classes.nothing}>{texts.table.nothingFound}</p>}
      <Pager list={list} label={label} />
    </Surface>
  );
}

function extras<Row extends { id: string }>({ actions, selection }: DataTableProps<Row>): number {
  return (actions ? 1 : 0) + (selection ? 1 : 0);
}

function Head<Row extends { id: string }>({ columns, list, actions, selection }: DataTableProps<Row>) {
  const chosen = list.rows.filter((row) => selection?.has(row)).length;
  return (
    <Table.Thead role="rowgroup">
      <Table.Tr role="row">
        {selection && (
          <Table.Th role="columnheader" w="2.5rem">
            <Checkbox
              aria-label={texts.table.selectAll}
              checked={chosen > 0 && chosen === list.rows.length}
              indeterminate={chosen > 0 && chosen < list.rows.length}
              onChange={(event) => {
                selection.set(list.rows, event.currentTarget.checked);
              }}
            />
          </Table.Th>
        )}
        {columns.map((column) => (
          <SortHeader key={column.key} column={column} state={list.state} />
        ))}
        {actions && (
          <Table.Th role="columnheader" w="3rem">
            <span className="mantine-visually-hidden">{texts.table.actions}</span>
          </Table.Th>
        )}
      </Table.Tr>
    </Table.Thead>
  );
}

function Line<Row extends { id: string }>({ row, columns, nameOf, actions, selection }: DataTableProps<Row> & { row: Row }) {
  const heading = columns.find((column) => column.isHeading) ?? columns[0];
  return (
    <Table.Tr role="row" data-selected={selection?.has(row) || undefined}>
      {selection && (
        <Table.Td role="cell" className={classes.select}>
          <Checkbox
            aria-label={texts.table.select(nameOf(row))}
            checked={selection.has(row)}
            onChange={(event) => {
              selection.set([row], event.currentTarget.checked);
            }}
          />
        </Table.Td>
      )}
      {columns.map((column) => (
        <Table.Td key={column.key} role="cell" data-label={column.title} data-heading={column === heading || undefined} ta={column.align}>
          {column.cell(row)}
        </Table.Td>
      ))}
      {actions && (
        <Table.Td role="cell" className={classes.menu}>
          <RowMenu row={row} name={nameOf(row)} actions={actions(row)} />
        </Table.Td>
      )}
    </Table.Tr>
  );
}
