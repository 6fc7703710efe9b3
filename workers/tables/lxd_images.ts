import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedNames, openLxd } from '../host/lxd.ts';
import { flagOf, integerOf, itemsOf, type Json, textOf } from '../parsers/json-fields.ts';

export const lxdImages: Table = defineTable({
  name: 'lxd_images',
  description: 'Images that LXD has.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    architecture: text(),
    os: text(),
    release: text(),
    description: text(),
    aliases: text(),
    filename: text(),
    size: bigint(),
    auto_update: integer(),
    cached: integer(),
    public: integer(),
    created_at: text(),
    expires_at: text(),
    uploaded_at: text(),
    last_used_at: text(),
    update_source_server: text(),
    update_source_protocol: text(),
    update_source_certificate: text(),
    update_source_alias: text(),
  },
  async *generate(query) {
    const lxd = openLxd(query);
    const asked = query.equals('id');
    // An image is found by the beginning of its fingerprint, too, and then shown under what was asked for.
    const fingerprints = new Set(asked?.map((id) => id.toLowerCase()));
    for (const id of askedNames([...fingerprints])) {
      const image = await lxd.get(`/1.0/images/${id}`);
      if (image !== undefined) yield { ...imageOf(image), id };
    }
    for (const path of asked === undefined ? await lxd.list('/1.0/images') : []) {
      const image = await lxd.get(path);
      if (image !== undefined) yield { ...imageOf(image), id: textOf(image, 'fingerprint') };
    }
  },
});

const imageOf = (image: Json) => ({
  architecture: textOf(image, 'architecture'),
  os: textOf(image, 'properties', 'os'),
  release: textOf(image, 'properties', 'release'),
  description: textOf(image, 'properties', 'description'),
  aliases: itemsOf(image, 'aliases')
    .map((alias) => textOf(alias, 'name'))
    .join(','),
  filename: textOf(image, 'filename'),
  size: integerOf(image, 'size'),
  auto_update: flagOf(image, 'auto_update'),
  cached: flagOf(image, 'cached'),
  public: flagOf(image, 'public'),
  created_at: textOf(image, 'created_at'),
  expires_at: textOf(image, 'expires_at'),
  uploaded_at: textOf(image, 'uploaded_at'),
  last_used_at: textOf(image, 'last_used_at'),
  update_source_server: textOf(image, 'update_source', 'server'),
  update_source_protocol: textOf(image, 'update_source', 'protocol'),
  update_source_certificate: textOf(image, 'update_source', 'certificate'),
  update_source_alias: textOf(image, 'update_source', 'alias'),
});
