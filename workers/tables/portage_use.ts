import { defineTable, type Table, text } from '../../protocol/table.ts';
import { installedPortage } from '../host/portage.ts';

export const portageUse: Table = defineTable({
  name: 'portage_use',
  description: 'USE flags that each installed package of Portage was built with.',
  columns: { package: text(), version: text({ collate: 'VERSION' }), use: text() },
  *generate({ files }) {
    for (const { package: name, version, directory } of installedPortage(files)) {
      for (const use of (files.readText(`${directory}/USE`) ?? '').split(/\s+/)) {
        if (use !== '') yield { package: name, version, use };
      }
    }
  },
});
