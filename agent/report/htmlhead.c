/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/report/html.h"
#include "agent/report/markup.h"
#include "base/digest.h"
#include "base/tr.h"

/*
 * Mail programs leave out scripts, many leave out what is in <style>, and none
 * loads anything: what has to be seen stands in attributes as well. Colours are
 * written out, as custom properties are known to browsers alone.
 */
static const char style[] =
"body{margin:0;background:#fff;color:#1f2328;font:15px/1.45 system-ui,"
"-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif}\n"
".page{max-width:1080px;margin:0 auto;padding:20px 24px 40px}\n"
"h1{font-size:24px;line-height:1.2;margin:0 0 4px}\n"
"h2{font-size:17px;margin:32px 0 8px;padding-bottom:5px;"
"border-bottom:1px solid #d1d9e0}\n"
"h2 small{font-weight:400;color:#59636e;font-size:13px}\n"
"code,.diff{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"
"'DejaVu Sans Mono',monospace;font-size:12.5px}\n"
"code{overflow-wrap:anywhere}\n"
".cmd{display:inline-block;background:#f0f3f6;border-radius:5px;"
"padding:3px 8px;margin-top:5px}\n"
".mute{color:#59636e}\n"
"table{border-spacing:0}\n"
"table.list{width:100%;border-collapse:collapse}\n"
".list th{text-align:left;font-size:12px;font-weight:600;color:#59636e;"
"padding:4px 10px 4px 0;border-bottom:1px solid #d1d9e0;"
"white-space:nowrap}\n"
".list>tbody>tr>td{padding:8px 10px 8px 0;vertical-align:top;"
"border-top:1px solid #e6eaef}\n"
".list>tbody:first-of-type>tr>td{border-top:0}\n"
".list>tbody>tr>td.more{border-top:0;padding:0 0 14px 0}\n"
".list{table-layout:fixed}.list .c0{width:92px}.list .c1{width:31%}"
".list .c3{width:23%}\n"
"button.th{all:unset;cursor:pointer}\n"
"button.th:focus-visible{outline:2px solid #0969da;outline-offset:2px}\n"
"button.th[data-dir]:after{content:' \\2193'}\n"
"button.th[data-dir='-1']:after{content:' \\2191'}\n"
".tag{display:inline-block;border-radius:10px;padding:1px 9px;"
"font-size:12px;font-weight:600;line-height:18px;white-space:nowrap}\n"
".critical{background:#cf222e;color:#fff}\n"
".warning{background:#fff1c2;color:#6b4700}\n"
".info,.note{background:#e6eaef;color:#454c54}\n"
".unknown{background:#fbefff;color:#6639ba}\n"
".good{background:#dafbe1;color:#116329}\n"
".tiles{margin:16px 0 4px;width:100%;border-collapse:separate;"
"border-spacing:0}\n"
".tiles td{padding:10px 14px 9px;border:1px solid #d1d9e0;"
"border-left-width:0}\n"
".tiles td:first-child{border-left-width:1px;border-radius:8px 0 0 8px}\n"
".tiles td:last-child{border-radius:0 8px 8px 0}\n"
".tiles b{display:block;font-size:22px;line-height:26px}\n"
".tiles span{font-size:12.5px;color:#59636e}\n"
".bad b{color:#cf222e}.hm b{color:#9a6700}.odd b{color:#6639ba}\n"
".diff{table-layout:fixed;width:100%;border:1px solid #d1d9e0;"
"border-radius:6px;border-collapse:separate!important;"
"margin:8px 0 0;overflow:hidden}\n"
".diff td{padding:1px 8px;vertical-align:top;white-space:pre-wrap;"
"overflow-wrap:anywhere;border:0}\n"
".diff .cn{width:38px}\n"
".diff td.n{color:#8a919a;text-align:right;padding:1px 6px;"
"user-select:none;white-space:nowrap}\n"
".diff td.h{height:4px;padding:0 8px;background:#f0f3f6;color:#59636e}\n"
".diff td.d{background:#ffebe9}.diff td.d b{background:#ffb9b3}\n"
".diff td.a{background:#e6ffec}.diff td.a b{background:#9be9a8}\n"
".diff td.e{background:#f6f8fa}\n"
".diff b{font-weight:inherit;border-radius:2px}\n"
"details summary{cursor:pointer;color:#0969da}\n"
".card{border-top:1px solid #e6eaef;padding:10px 0}\n"
"h2+.card{border-top:0;padding-top:4px}\n"
".card ul{margin:4px 0;padding-left:20px}.card div{margin-top:6px}\n"
".pk{margin:6px 0}.pk td{padding:1px 16px 1px 0}\n"
".scroll{overflow-x:auto}\n"
"svg{display:block}svg text{font:10px system-ui,sans-serif;fill:#59636e}\n"
".cal{width:100%;min-width:560px;max-width:760px;height:auto}\n"
".strip{width:100%;min-width:160px;height:18px}\n"
".d0{fill:#f0f3f6}.d1{fill:#b4e3bd}.d2{fill:#54aeff}.d3{fill:#f5a742}"
".d4{fill:#cf222e}.dot{fill:#1f2328}\n"
".rail{fill:#e6eaef}.fc{fill:#cf222e}.fw{fill:#f5a742}.fi{fill:#818b98}\n"
".key{font-size:12px;color:#59636e;margin:6px 0 0}\n"
".key svg{display:inline-block;vertical-align:-1px;margin:0 4px 0 12px}\n"
"#bar{display:none;gap:8px 14px;flex-wrap:wrap;align-items:center;"
"margin:18px 0 0}\n"
"#bar input[type=search]{font:inherit;padding:5px 10px;flex:1 1 200px;"
"border:1px solid #c2cad3;border-radius:6px;background:#fff;"
"color:inherit}\n"
"#bar label{font-size:13px;white-space:nowrap}\n"
".foot{margin-top:36px;font-size:13px;color:#59636e}\n"
"@media(max-width:640px){.page{padding:14px 14px 30px}"
"h1{font-size:21px}"
".tiles,.tiles tbody{display:block}"
".tiles tr{display:flex;flex-wrap:wrap;gap:6px}"
".tiles td{flex:1 1 28%;border-width:1px!important;"
"border-radius:8px!important;padding:7px 10px}"
".list>thead,.list>colgroup{display:none}.list>tbody>tr>td{"
"display:block;width:auto!important;padding:2px 0;"
"border-top:0!important}.list>tbody{display:block;padding:9px 0;"
"border-top:1px solid #e6eaef}.list>tbody:first-of-type{border-top:0}"
".list>tbody>tr{display:block}.list>tbody>tr>td.more:empty"
"{display:none}"
/* The newest days are what is looked for. */
".scroll{direction:rtl}.scroll>svg{direction:ltr}"
".diff .cn{width:24px}.diff td{padding:1px 4px;font-size:11px}"
".diff td.n{padding:1px 3px}}\n"
"@media(prefers-color-scheme:dark){"
"body{background:#0f1318!important;color:#dde3ea!important}"
"h2{border-color:#30363d}"
".mute,.list th,.tiles span,.foot,.key,h2 small{color:#929ca7!important}"
".list th{border-color:#30363d}.list>tbody>tr>td,.card,.list>tbody"
"{border-color:#232a32!important}"
".tiles td{border-color:#30363d!important}"
".cmd{background:#1c232b!important}"
".warning{background:#4a3600!important;color:#f2cc60!important}"
".info,.note{background:#2a313a!important;color:#b7c0ca!important}"
".unknown{background:#321d54!important;color:#d2a8ff!important}"
".good{background:#12381f!important;color:#7ee787!important}"
".bad b{color:#ff7b72!important}.hm b{color:#e3b341!important}"
".odd b{color:#d2a8ff!important}"
".diff{border-color:#30363d}.diff td.h{background:#1c232b;color:#929ca7}"
".diff td.d{background:#3a1a1d!important}.diff td.d b{background:#7d2a2f}"
".diff td.a{background:#12301c!important}.diff td.a b{background:#1f6b37}"
".diff td.e{background:#141a20}"
"details summary{color:#58a6ff}"
".d0{fill:#1b222a}.d1{fill:#1f6b37}.d2{fill:#388bfd}.d3{fill:#d29922}"
".d4{fill:#f85149}.dot{fill:#fff}.rail{fill:#232a32}.fc{fill:#f85149}"
".fw{fill:#d29922}svg text{fill:#929ca7}"
"#bar input[type=search]{background:#161c23;border-color:#3a424c}}\n"
"@media print{#bar{display:none!important}.page{max-width:none}"
"details>*{display:block}}\n";

/*
 * Rows are bodies of tables, so that each takes along what hangs below it.
 * Nothing is ever made of a text but a text.
 */
static const char script[] =
"(function(){'use strict';\n"
"var bar=document.getElementById('bar'),q=bar.querySelector('input'),\n"
"boxes=bar.querySelectorAll('input[type=checkbox]'),\n"
"rows=document.querySelectorAll('[data-row]');\n"
"bar.style.display='flex';\n"
"function filter(){var words=q.value.toLowerCase().split(/\\s+/),off={};\n"
"boxes.forEach(function(b){off[b.value]=!b.checked;});\n"
"rows.forEach(function(r){var t=r.textContent.toLowerCase(),\n"
"sev=r.getAttribute('data-row');\n"
"r.hidden=off[sev]||!words.every(function(w){return t.indexOf(w)>=0;});\n"
"r.style.display=r.hidden?'none':'';});}\n"
"q.addEventListener('input',filter);\n"
"boxes.forEach(function(b){b.addEventListener('change',filter);});\n"
"function value(body,n){var c=body.rows[0].cells[n],\n"
"k=c.getAttribute('data-k');return k===null?c.textContent:Number(k);}\n"
"document.querySelectorAll('table.list').forEach(function(t){\n"
"Array.prototype.forEach.call(t.tHead?t.tHead.rows[0].cells:[],\n"
"function(th,n){var b=document.createElement('button');b.className='th';\n"
"b.type='button';b.textContent=th.textContent;th.textContent='';\n"
"th.appendChild(b);b.addEventListener('click',function(){\n"
"var dir=b.getAttribute('data-dir')==='1'?-1:1;\n"
"t.querySelectorAll('button.th').forEach(function(o){\n"
"o.removeAttribute('data-dir');o.parentNode.removeAttribute('aria-sort');});"
"\nb.setAttribute('data-dir',dir);\n"
"th.setAttribute('aria-sort',dir>0?'ascending':'descending');\n"
"Array.prototype.slice.call(t.tBodies).sort(function(x,y){\n"
"var a=value(x,n),c=value(y,n);return dir*(typeof a==='number'&&\n"
"typeof c==='number'?a-c:String(a).localeCompare(String(c),undefined,\n"
"{numeric:true}));}).forEach(function(body){t.appendChild(body);});});});\n"
"});})();\n";

static void
base64(struct buf *out, const unsigned char *p, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		unsigned v = (unsigned)p[i] << 16;

		if (i + 1 < len)
			v |= (unsigned)p[i + 1] << 8;
		if (i + 2 < len)
			v |= p[i + 2];
		buf_addc(out, digits[v >> 18]);
		buf_addc(out, digits[v >> 12 & 63]);
		buf_addc(out, i + 1 < len ? digits[v >> 6 & 63] : '=');
		buf_addc(out, i + 2 < len ? digits[v & 63] : '=');
	}
}

/*
 * No address may be asked for anything, and no script runs but this one, by its
 * digest: should a file name ever get through as markup, it stays a name.
 */
static void
policy(struct buf *out)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();
	unsigned char sum[SHA256_LEN];

	digest_sha256_start(d);
	digest_add(d, script, sizeof(script) - 1);
	digest_end(d, sum);
	buf_adds(out, "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'unsafe-inline'; script-src "
	    "'sha256-");
	base64(out, sum, sizeof(sum));
	buf_adds(out, "'; base-uri 'none'; form-action 'none'\">\n");
}

void
htmlhead(struct buf *out, const char *title)
{
	/* Translators: the language this is translated into, as "de". */
	buf_addf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n", _("en"));
	policy(out);
	buf_adds(out, "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n<meta name=\"color-scheme\" "
	    "content=\"light dark\">\n<title>");
	markup_text(out, title);
	buf_addf(out, "</title>\n<style>\n:root{color-scheme:light dark}\n%s"
	    "</style>\n</head>\n", style);
}

void
htmlhead_script(struct buf *out)
{
	buf_addf(out, "<script>%s</script>\n", script);
}
