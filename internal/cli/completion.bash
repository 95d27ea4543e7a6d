
# Without the bash-completion package the words of the command line are put together
# here: bash splits them at = and :, as in s3://bucket and --flag=value.
__hawser_init_completion()
{
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    local line="${COMP_LINE:0:COMP_POINT}" before=' ' piece joined i
    words=()
    cword=-1
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece="${COMP_WORDS[i]}"
        joined=${line#"${line%%[![:space:]]*}"}
        if [[ $joined == "$line" && ($before == *[=:] || $piece == [=:]*) && $i -gt 0 ]]; then
            joined=1
        else
            line=$joined
            joined=
        fi
        if [[ $i -eq $COMP_CWORD ]]; then
            piece=$line
        fi
        line=${line#"$piece"}
        before=$piece
        if [[ -n $joined ]]; then
            words[cword]+=$piece
        else
            cword=$((cword + 1))
            words[cword]=$piece
        fi
    done
    cur=${words[cword]}
    prev=
    if [[ $cword -gt 0 ]]; then
        prev=${words[cword - 1]}
    fi
}
