/**
 * What shells need to offer the words of `cosmos`: they ask the command itself. It answers with a line `words` or `files`, then a line for each word, its
 * description behind a tab.
 */

/** The hidden command that scripts call. */
export const COMPLETE = "__complete";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

const BASH = `_cosmos() {
  local IFS=$'\\n' answer
  answer=($("\${COMP_WORDS[0]}" ${COMPLETE} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  COMPREPLY=()
  if [[ \${answer[0]} == words ]]; then
    COMPREPLY=("\${answer[@]:1}")
    COMPREPLY=("\${COMPREPLY[@]%%$'\\t'*}")
  else
    compopt -o default
  fi
}
complete -F _cosmos cosmos
`;

const ZSH = `#compdef cosmos
_cosmos() {
  local -a answer candidates
  local line
  answer=("\${(@f)$("\${words[1]}" ${COMPLETE} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${answer[1]} != words ]]; then
    _files
    return
  fi
  for line in "\${(@)answer[2,-1]}"; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe cosmos candidates
}
if [[ \${funcstack[1]} == _cosmos ]]; then
  _cosmos
else
  compdef _cosmos cosmos
fi
`;

const FISH = `function __cosmos_candidates
  set -l words (commandline -opc)
  set -e words[1]
  set -l answer (cosmos ${COMPLETE} -- $words (commandline -ct) 2>/dev/null)
  if test "$answer[1]" = words
    printf '%s\\n' $answer[2..]
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c cosmos -f -a '(__cosmos_candidates)'
`;

export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
