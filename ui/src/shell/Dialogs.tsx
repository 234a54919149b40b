import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useDialog } from '../shared/dialog';

const CreateBackupDialog = lazy(() =>
  import('../backups/CreateBackupDialog').then((module) => ({ default: module.CreateBackupDialog })),
);
const CompareDialog = lazy(() =>
  import('../backups/CompareDialog').then((module) => ({ default: module.CompareDialog })),
);
const ExportDialog = lazy(() =>
  import('../backups/ExportDialog').then((module) => ({ default: module.ExportDialog })),
);
const DamageDialog = lazy(() =>
  import('../overview/DamageDialog').then((module) => ({ default: module.DamageDialog })),
);

/** Dialogs that can be opened above any screen; the address says which. */
export function Dialogs() {
  const { dialog, subject } = useSearch({ from: '__root__' });
  const close = useDialog(undefined);
  return (
    <Suspense fallback={null}>
      {dialog === 'backup' && <CreateBackupDialog onClose={close} />}
      {dialog === 'compare' && subject && <CompareDialog backup={subject} onClose={close} />}
      {dialog === 'export' && subject && <ExportDialog backup={subject} onClose={close} />}
      {dialog === 'damage' && <DamageDialog onClose={close} />}
    </Suspense>
  );
}
