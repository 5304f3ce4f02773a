export { ClosedNotice } from './ClosedNotice';
