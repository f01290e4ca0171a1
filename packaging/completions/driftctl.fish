# SPDX-License-Identifier: MIT
# fish: what driftctl itself says that the word can become.
function __driftctl_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    $words[1] complete -- $words[2..] "$word" 2>/dev/null | while read -l line
        switch $line
            case :files
                __fish_complete_path "$word"
            case :dirs
                __fish_complete_directories "$word"
            case '*'
                echo $line
        end
    end
end
complete -c driftctl -f -a '(__driftctl_complete)'
