// The packed numbers, as numbers.hpp wrote them.
const inflate = async (base64) => {
  const packed = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new DecompressionStream("deflate"), writer = stream.writable.getWriter();
  writer.write(packed), writer.close();
  return new Uint8Array(await new Response(stream.readable).arrayBuffer());
};
let bytes;
try {
  bytes = await inflate(document.getElementById("numbers").textContent);
} catch {
  document.body.append(element("p", {}, "This browser cannot unpack the numbers of the page (DecompressionStream); any browser of 2023 or later can. They are in metrics.csv too."));
  return;
}
const unpacked = ([at, count, decimals]) => {
  const out = new Float64Array(count), scale = Math.pow(10, Math.abs(decimals));
  let last = 0;
  for (let i = 0; i < count; ++i) {
    let code = 0, times = 1;
    for (; bytes[at] >= 128; ++at) code += (bytes[at] - 128) * times, times *= 128;
    code += bytes[at++] * times;
    if (code === 0) { out[i] = NaN; continue; }
    --code;
    last += code % 2 === 0 ? code / 2 : -(code + 1) / 2;
    out[i] = decimals >= 0 ? last / scale : last * scale;
  }
  return out;
};

// The legend of the charts is the page's own, and that of dygraphs sets style attributes, which the policy forbids.
Dygraph.PLUGINS = Dygraph.PLUGINS.filter((plugin) => plugin !== Dygraph.Plugins.Legend);
