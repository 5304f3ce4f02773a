export { SizeChart } from './SizeChart';
