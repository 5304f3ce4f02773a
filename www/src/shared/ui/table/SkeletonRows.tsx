import { Skeleton } from '@mantine/core';

export function SkeletonRows({ columns, rows = 6 }: { columns: number; rows?: number }) {
  return Array.from({ length: rows }, (_, row) => (
    <tr key={row} role="row">
      {Array.from({ length: columns }, (__, column) => (
        <td key={column} role="cell">
          <Skeleton height={14} my={4} width={column === 0 ? '80%' : '55%'} />
        </td>
      ))}
    </tr>
  ));
}
