import { memo } from 'react';
import { texts } from '@/shared/texts';
import classes from './DataTable.module.css';
import { ActionMenu } from './RowMenu';
import type { Column, RowAction } from './types';

/** What a row calls back; the same object at each drawing. */
export interface RowCalls<Row> {
  select: (row: Row, isSelected: boolean) => void;
  actions: (row: Row) => readonly RowAction<Row>[];
}

interface LineProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  name: string;
  /** Absent: cannot be selected. */
  isSelected: boolean | undefined;
  hasMenu: boolean;
  calls: RowCalls<Row>;
}

/**
 * Plain elements and a menu that is made when it is opened: what a row costs, a page costs 25 times. It is drawn again
 * when its row has changed, not at each poll.
 */
function Line<Row>({ row, columns, name, isSelected, hasMenu, calls }: LineProps<Row>) {
  const heading = columns.find((column) => column.isHeading) ?? columns[0];
  return (
    <tr role="row" data-selected={isSelected || undefined}>
      {isSelected !== undefined && (
        <td role="cell" className={classes.select}>
          <Check
            label={texts.table.select(name)}
            checked={isSelected}
            onChange={(is) => {
              calls.select(row, is);
            }}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.key} role="cell" data-label={column.title} data-heading={column === heading || undefined} data-align={column.align}>
          {column.cell(row)}
        </td>
      ))}
      {hasMenu && (
        <td role="cell" className={classes.menu}>
          <ActionMenu row={row} name={name} actions={() => calls.actions(row)} />
        </td>
      )}
    </tr>
  );
}

export const TableRow = memo(Line) as typeof Line;

interface CheckProps {
  label: string;
  checked: boolean;
  isPartly?: boolean;
  onChange: (isChecked: boolean) => void;
}

export function Check({ label, checked, isPartly = false, onChange }: CheckProps) {
  return (
    <input
      type="checkbox"
      className={classes.check}
      aria-label={label}
      checked={checked}
      ref={(element) => {
        if (element) element.indeterminate = isPartly;
      }}
      onChange={(event) => {
        onChange(event.currentTarget.checked);
      }}
    />
  );
}
