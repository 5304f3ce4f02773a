import '@/shared/ui/theme/mantine.css';
import '@/shared/ui/theme/global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { leadToFaults } from '@/shared/ui/form';
import { installTheme } from '@/shared/ui/theme/theme';
import { App } from './App';

installTheme();
leadToFaults();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
