# bash completion for pipeline. Words come from the output of the program itself, so there is no list to maintain.

# The commands, and the plugins of a kind ("datasets") or of all: the first word of each indented line is the name.
_pipeline_commands() { "$program" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'; }
_pipeline_plugins() { "$program" plugins list | sed -n "/^${1:-.}/,/^[a-z]/s/^  \([A-Za-z0-9_]*\) .*/\1/p"; }
# From "usage: pipeline plugins list | inspect NAME [--ini|--json] | path": list, inspect, path.
_pipeline_subcommands() {
  "$program" "$1" --help | sed -n '1{s/^usage: pipeline [a-z]* //;s/\[[^]]*\]//g;s/ *| */\n/g;p}' | sed 's/ .*//'
}
_pipeline_options() { "$program" "$@" --help | grep -o -e '--[a-z][a-z-]*' | sort -u; }
_pipeline_folders() { compgen -d -- "$1" | sed 's,$,/,'; }
_pipeline_files() {
  compgen -f -X "!*$1" -- "$2"
  _pipeline_folders "$2"
}
_pipeline_shipped() { "$program" --help | grep -o '[A-Za-z0-9_-]*\.ini'; }
# section.key= for every key of a pipeline file.
_pipeline_keys() {
  local line section
  while read -r line; do
    case $line in
      '['*) section=${line:1:-1} ;;
      *' = '*) echo "$section.${line%% = *}=" ;;
    esac
  done < <("$program" show "$1")
}

_pipeline_kinds() { "$program" plugins list | sed -n 's/^\([a-z]*\)$/\1/p'; }
# What FILE with the overrides so far accepts for "section.key=": plugins, or what the message about a wrong value lists.
_pipeline_values() {
  local key=${current%%=*} done=${current%"${current##*[=,]}"}
  case $key in
    *dataset.plugin | *dataset.wrappers) _pipeline_plugins datasets ;;
    *metric:*.plugin) _pipeline_plugins metrics ;;
    *report:*.plugin) _pipeline_plugins reports ;;
    *training.optimiser | *model:*.optimiser) _pipeline_plugins optimisers ;;
    *model:*.plugin | *model:*.regularisers) _pipeline_plugins regularisers ;;
    *) "$program" check "$1" "${words[@]:3:${#words[@]}-4}" "$key=?" 2>&1 |
      sed -n 's/.*(valid: \([^)]*\)).*/\1/p' | sed 's/, */\n/g' ;;
  esac | sed "s/^/$done/"
}

_pipeline_offered() {
  case $previous in
    --out | --dir | --plugin-path) _pipeline_folders "$current"; return ;;
    --progress) printf '%s\n' auto bar line json none; return ;;
    --format)
      printf '%s\n' text json
      [[ ${words[1]} == compare ]] && echo csv
      return
      ;;
  esac
  case ${#words[@]}:${words[1]}:$current in
    2:*) _pipeline_commands ;;
    *:-*)
      if [[ ${words[1]}:${words[2]} == plugins:test ]]; then
        _pipeline_options plugins test
      else
        _pipeline_options "${words[1]}"
      fi
      ;;
    3:run:* | 3:sweep:* | 3:check:* | 3:show:*)
      _pipeline_files .ini "$current"
      _pipeline_shipped
      ;;
    *:run:*=* | *:check:*=* | *:show:*=*) _pipeline_values "${words[2]}" ;;
    *:run:+metric:* | *:check:+metric:* | *:show:+metric:*) _pipeline_plugins metrics | sed 's/^/+metric:/' ;;
    *:run:+report:* | *:check:+report:* | *:show:+report:*) _pipeline_plugins reports | sed 's/^/+report:/' ;;
    *:run:~* | *:check:~* | *:show:~*) _pipeline_keys "${words[2]}" | sed 's/^/~/;s/=$//' ;;
    *:run:* | *:check:* | *:show:*) _pipeline_keys "${words[2]}" ;;
    3:plugins:* | 3:data:* | 3:new:*) _pipeline_subcommands "${words[1]}" ;;
    4:plugins:*)
      [[ ${words[2]} == inspect || ${words[2]} == test ]] && _pipeline_plugins
      [[ ${words[2]} == list ]] && _pipeline_kinds
      [[ ${words[2]} == test ]] && _pipeline_files .so "$current"
      ;;
    4:data:*)
      if [[ ${words[2]} == inspect ]]; then
        _pipeline_files '' "$current"
      else
        _pipeline_plugins datasets
      fi
      ;;
  esac
}

_pipeline() {
  local program=${1/#\~/$HOME} words offered word
  # Split at blanks only: bash would also split model:l2.l2.lambda=1 at its colon and equals sign.
  IFS=$' \t' read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:blank:]] ]] && words+=('')
  local current=${words[-1]} previous=${words[-2]}
  mapfile -t offered < <(_pipeline_offered 2>/dev/null)

  # readline replaces only the text after the last character at which bash splits words.
  local before=${current%"${current##*[:=]}"}
  COMPREPLY=()
  for word in "${offered[@]}"; do
    [[ $word == "$current"* ]] && COMPREPLY+=("${word#"$before"}")
  done
  [[ ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace 2>/dev/null
  return 0
}

complete -F _pipeline pipeline
