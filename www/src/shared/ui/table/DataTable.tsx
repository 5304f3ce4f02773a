import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { PagedList } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ProblemAlert } from '../ProblemAlert';
import { Surface } from '../Surface';
import classes from './DataTable.module.css';
import { Pager } from './Pager';
import { Check, TableRow } from './Row';
import type { RowCalls } from './Row';
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
  const { label, columns, list, empty, toolbar, nameOf, selection, actions } = props;
  const calls = useCalls(props);
  const isEmpty = !list.isPending && !list.error && list.rows.length === 0 && list.state.page === 1;
  if (list.error && list.rows.length === 0) return <ProblemAlert error={list.error} onRetry={list.refetch} />;
  if (isEmpty && !list.state.isFiltered) return <Surface>{empty}</Surface>;
  return (
    <Surface flush label={label}>
      {toolbar && <div className={classes.toolbar}>{toolbar}</div>}
      <div className={classes.scroll} tabIndex={-1}>
        <table role="table" aria-label={label} aria-busy={list.isChanging} className={classes.table}>
          <Head {...props} />
          <tbody role="rowgroup">
            {list.isPending ? (
              <SkeletonRows columns={columns.length + (actions ? 1 : 0) + (selection ? 1 : 0)} />
            ) : (
              list.rows.map((row) => (
                <TableRow
                  key={row.id}
                  row={row}
                  columns={columns}
                  name={nameOf(row)}
                  isSelected={selection?.has(row)}
                  hasMenu={actions !== undefined && actions(row).length > 0}
                  calls={calls}
                />
              ))
            )}
          </tbody>
        </table>
      </div>
      {isEmpty && <p className={classes.nothing}>{texts.table.nothingFound}</p>}
      <Pager list={list} label={label} />
    </Surface>
  );
}

/** The callbacks of the newest drawing, for rows that are not drawn again with it. */
function useCalls<Row extends { id: string }>(props: DataTableProps<Row>): RowCalls<Row> {
  const newest = useRef(props);
  useLayoutEffect(() => {
    newest.current = props;
  });
  return useState<RowCalls<Row>>(() => ({
    select: (row, isSelected) => newest.current.selection?.set([row], isSelected),
    actions: (row) => newest.current.actions?.(row) ?? [],
  }))[0];
}

function Head<Row extends { id: string }>({ columns, list, actions, selection }: DataTableProps<Row>) {
  const chosen = list.rows.filter((row) => selection?.has(row)).length;
  return (
    <thead role="rowgroup">
      <tr role="row">
        {selection && (
          <th role="columnheader" className={classes.select}>
            <Check
              label={texts.table.selectAll}
              checked={chosen > 0 && chosen === list.rows.length}
              isPartly={chosen > 0 && chosen < list.rows.length}
              onChange={(isChecked) => {
                selection.set(list.rows, isChecked);
              }}
            />
          </th>
        )}
        {columns.map((column) => (
          <SortHeader key={column.key} column={column} state={list.state} />
        ))}
        {actions && (
          <th role="columnheader" className={classes.menu}>
            <span className="mantine-visually-hidden">{texts.table.actions}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}
