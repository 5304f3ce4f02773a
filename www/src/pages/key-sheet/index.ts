export { KeySheetPage as default } from './KeySheetPage';
