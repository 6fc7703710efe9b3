import fc from 'fast-check';
import t from 'tap';
import { xmlItems } from '../../../workers/parsers/xml-items.ts';

t.test('elements of items, with their entities', async (t) => {
  const xml = `<?xml version="1.0"?><DescribeTagsResponse><tagSet>
    <item><resourceId>i-1</resourceId><key>Name</key><value>a &lt;b&gt; &amp;amp; &#x41;&#66;</value></item>
    <item><key>empty</key><value/></item></tagSet></DescribeTagsResponse>`;
  t.strictSame(xmlItems(xml, ['key', 'value']), [
    { key: 'Name', value: 'a <b> &amp; AB' },
    { key: 'empty', value: '' },
  ]);
});

t.test('nothing, torn, hostile and huge text', async (t) => {
  t.strictSame(xmlItems('', ['key']), []);
  t.strictSame(xmlItems('<item><key>x', ['key']), [{ key: '' }]);
  t.strictSame(xmlItems('<item><key>&#x110000;&none;&#x;</key>', ['key']), [{ key: '&#x110000;&none;&#x;' }]);
  t.equal(xmlItems('<item>'.repeat(100_000), ['key']).length, 100_000);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('<item>', '<key>', '</key>', '&', '#', 'x', '9', ';', 'amp')),
      (parts) => {
        xmlItems(parts.join(''), ['key']);
      },
    ),
  );
});
